import { type QuarantinedRow, quarantinedRows } from '@droplake/local/quarantine'
import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { quarantineFilter, quarantineOptions } from '../quarantine-filter.ts'
import { existingRun } from '../read-runs.ts'
import { showRejected } from '../show-quarantine.ts'
import { chosenDatasets, withExistingLake } from '../with-lake.ts'

const defaultLimit = 20

export default command({
  name: 'quarantine show',
  onStage: true,
  usage: 'RUN',
  description: 'The rejected rows of one run, with their reasons.',
  examples: [
    'quarantine show 20260301T120000000Z-1a2b3c4d --table orders --limit 5',
    'quarantine show 20260301T120000000Z-1a2b3c4d --reason required --json',
  ],
  args: {
    run: { type: 'positional', required: true, description: 'the run, as quarantine list names it' },
    ...quarantineOptions,
    limit: {
      type: 'string',
      valueHint: 'N',
      description: `at most this many rows; default ${defaultLimit}, with --json all`,
    },
  },
  async run(session, args) {
    const limit =
      wholeNumber('limit', args.limit, { min: 1 }) ?? (session.json ? Number.POSITIVE_INFINITY : defaultLimit)
    const { rows, total } = await withExistingLake(session, async (lake) => {
      const dataset = await existingRun(lake, await chosenDatasets(session, lake), args.run)
      const filter = await quarantineFilter(lake, [dataset], args)
      const found: QuarantinedRow[] = []
      let all = 0
      for await (const row of quarantinedRows(lake, dataset, filter)) if (all++ < limit) found.push(row)
      return { rows: found, total: all }
    })
    session.answer(rows, () => showRejected(rows, { total, style: session.terminal.style }))
    return exit.done
  },
})
