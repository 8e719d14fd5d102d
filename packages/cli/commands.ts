import { group } from './command.ts'

/** Everything that `droplake` can do. Each command is loaded when it is called. */
export const commands = group({
  name: '',
  description: 'droplake: drop e-commerce files into a lake; a clean, checked star schema comes out.',
  examples: ['demo', 'drop exports/ --lake ./lake', 'query "select * from olist_curated.fact_orders limit 5"'],
  commands: {
    demo: {
      about: 'a first look: generates files, drops them, shows what came out',
      load: () => import('./commands/demo.ts'),
    },
    generate: { about: 'writes sample files', load: () => import('./commands/generate.ts') },
    drop: {
      about: 'puts files into the lake and waits for the runs that they start',
      load: () => import('./commands/drop.ts'),
    },
    watch: {
      about: 'runs whenever a file appears under raw/, until Ctrl-C',
      load: () => import('./commands/watch.ts'),
    },
    run: { about: 'takes whatever is pending, also after a crash', load: () => import('./commands/run.ts') },
    status: {
      about: 'tables with rows and freshness, what is pending, the last run',
      load: () => import('./commands/status.ts'),
    },
    runs: { about: 'the history of runs, and the report of one', load: () => import('./commands/runs.ts') },
    query: { about: 'asks the lake in SQL', load: () => import('./commands/query.ts') },
    quarantine: { about: 'rejected rows and why', load: () => import('./commands/quarantine.ts') },
    rollback: {
      about: 'shows an earlier version of a model again',
      load: () => import('./commands/rollback.ts'),
    },
    sweep: { about: 'deletes files that no reader can reach any more', load: () => import('./commands/sweep.ts') },
    cost: { about: 'prices a month on AWS, from measured counts', load: () => import('./commands/cost.ts') },
    doctor: { about: 'looks for what would keep droplake from working', load: () => import('./commands/doctor.ts') },
  },
})
