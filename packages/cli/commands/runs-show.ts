import { findReport } from '@droplake/local/reports'
import { UsageError } from '@droplake/local/usage-error'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { checkRun } from '../read-runs.ts'
import { showReport } from '../show-report.ts'
import { withExistingLake } from '../with-lake.ts'

export default command({
  name: 'runs show',
  onStage: true,
  usage: 'RUN',
  description: 'The report of one run.',
  examples: ['runs show 20260301T120000000Z-1a2b3c4d', 'runs show 20260301T120000000Z-1a2b3c4d --json'],
  args: { run: { type: 'positional', required: true, description: 'the run, as droplake runs lists it' } },
  async run(session, args) {
    const run = checkRun(args.run)
    const report = await withExistingLake(session, (lake) => findReport(lake, run))
    if (!report) throw new UsageError(`no report of a run ${run}; ${session.hint('runs')} lists the runs there are`)
    session.answer(report, () => showReport(report, session, session.terminal.style))
    return exit.done
  },
})
