import { group } from '../command.ts'

export default group({
  name: 'runs',
  description: 'The history of runs, newest first, and the report of one.',
  examples: ['runs', 'runs --dataset olist --json', 'runs show 20260301T120000000Z-1a2b3c4d'],
  commands: {
    list: { about: 'the runs, newest first; meant when no command is named', load: () => import('./runs-list.ts') },
    show: { about: 'the report of one run', load: () => import('./runs-show.ts') },
  },
  otherwise: 'list',
})
