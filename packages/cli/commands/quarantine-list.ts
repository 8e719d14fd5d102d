import { quarantineGroups } from '@droplake/local/quarantine'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { quarantineFilter, quarantineOptions } from '../quarantine-filter.ts'
import { showGroups } from '../show-quarantine.ts'
import { chosenDatasets, ifThereIsALake } from '../with-lake.ts'

export default command({
  name: 'quarantine list',
  onStage: true,
  description: 'Counts of rejected rows by run, table, reason and column, each with an example.',
  examples: ['quarantine list', 'quarantine list --dataset olist --table orders --json'],
  args: { run: { type: 'string', valueHint: 'RUN', description: 'of one run only' }, ...quarantineOptions },
  async run(session, args) {
    const groups = await ifThereIsALake(
      session,
      async (lake) => {
        const datasets = await chosenDatasets(session, lake)
        const filter = await quarantineFilter(lake, datasets, args)
        return (await Promise.all(datasets.map((dataset) => quarantineGroups(lake, dataset, filter)))).flat()
      },
      [],
    )
    session.answer(groups, () => showGroups(groups, session, session.terminal.style))
    return exit.done
  },
})
