import { type QuarantinedRow, quarantinedRows } from '@droplake/local/quarantine'
import { findReport } from '@droplake/local/reports'
import { UsageError } from '@droplake/local/usage-error'
import { wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { quarantineFilter, quarantineOptions } from '../quarantine-filter.ts'
import { showRejected } from '../show-quarantine.ts'
import { withExistingLake } from '../with-lake.ts'

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
    const filter = quarantineFilter(args)
    const { rows, total } = await withExistingLake(session, async (lake) => {
      const report = await findReport(lake, args.run)
      if (!report) throw new UsageError(`no run ${args.run}; ${session.hint('runs')} lists the runs there are`)
      const found: QuarantinedRow[] = []
      let all = 0
      for await (const row of quarantinedRows(lake, report.dataset, filter)) if (all++ < limit) found.push(row)
      return { rows: found, total: all }
    })
    session.answer(rows, () => showRejected(rows, { total, style: session.terminal.style }))
    return exit.done
  },
})
