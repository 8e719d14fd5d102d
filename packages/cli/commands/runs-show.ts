import { findReport } from '@droplake/local/reports'
import { UsageError } from '@droplake/local/usage-error'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { existingRun } from '../read-runs.ts'
import { showReport } from '../show-report.ts'
import { chosenDatasets, withExistingLake } from '../with-lake.ts'

export default command({
  name: 'runs show',
  onStage: true,
  usage: 'RUN',
  description: 'The report of one run.',
  examples: ['runs show 20260301T120000000Z-1a2b3c4d', 'runs show 20260301T120000000Z-1a2b3c4d --json'],
  args: { run: { type: 'positional', required: true, description: 'the run, as droplake runs lists it' } },
  async run(session, args) {
    const { run } = args
    const report = await withExistingLake(session, async (lake) => {
      await existingRun(lake, await chosenDatasets(session, lake), run)
      return findReport(lake, run)
    })
    if (!report) throw new UsageError(`run ${run} has not ended yet; ${session.hint('status')} shows what is under way`)
    session.answer(report, () => showReport(report, session, session.terminal.style))
    return exit.done
  },
})
