import { group } from '../command.ts'

export default group({
  name: 'quarantine',
  description: 'Rejected rows: how many, why, and the rows themselves.',
  examples: ['quarantine list', 'quarantine show 20260301T120000000Z-1a2b3c4d --table orders'],
  commands: {
    list: {
      about: 'counts by run, table, reason and column, each with an example',
      load: () => import('./quarantine-list.ts'),
    },
    show: { about: 'the rejected rows of one run', load: () => import('./quarantine-show.ts') },
  },
})
