import type { LeftOut } from '@droplake/lake/object-store'
import type { LeftOutPath } from '@droplake/local/dropped-paths'
import { runPending } from '@droplake/local/run'
import type { Report } from '@droplake/pipeline/report'
import { command } from '../command.ts'
import { exit } from '../exit-codes.ts'
import { exitCodeOf, showDrop } from '../show-drop.ts'
import { chosenDatasets, softenInterrupts, waiting, withExistingLake } from '../with-lake.ts'

export default command({
  name: 'run',
  onStage: true,
  description: 'Takes whatever is pending, also what a run that died left behind, and builds models that are behind.',
  examples: ['run', 'run --dataset olist --json', 'run --stage prod'],
  args: {
    'take-over': {
      type: 'boolean',
      description: 'takes the dataset from a run that hangs or lives on another machine',
    },
  },
  async run(session, args) {
    softenInterrupts(session)
    const runs: Report[] = []
    const leftOut: LeftOutPath[] = []
    let broken = false
    await withExistingLake(session, async (lake) => {
      for (const dataset of await chosenDatasets(session, lake)) {
        broken ||= lake.fx.datasets[dataset]?.faults !== undefined
        if (session.interrupts.signal.aborted) return
        const takeOver = args['take-over'] ?? false
        const onLeftOut = (found: LeftOut[]) =>
          void leftOut.push(...found.map(({ name, reason }) => ({ path: name, reason })))
        runs.push(...(await runPending(lake, dataset, { takeOver, ...waiting(session), onLeftOut })))
      }
    })
    const result = { objects: [], runs, leftOut }
    if (session.interrupts.signal.aborted && runs.length === 0) {
      session.answer(result, () => 'no run has ended yet')
      return exit.interrupted
    }
    session.answer(result, () => showDrop(result, session, session.terminal.style))
    return broken ? exit.failed : exitCodeOf(result)
  },
})
