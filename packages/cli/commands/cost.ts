import { UsageError } from '@droplake/local/usage-error'
import type { Counts } from '@droplake/stage/cost/counts'
import { type Month, priceMonth } from '@droplake/stage/cost/price'
import { decimalNumber, wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { costJson, showCost } from '../cost/show-cost.ts'
import { exit } from '../exit-codes.ts'
import type { Session, StageName } from '../session.ts'
import { many } from '../text.ts'
import { withStage } from '../with-stage.ts'

const defaults: Month = { gb: 1, files: 300, runs: 30, stored: 0 }

export default command({
  name: 'cost',
  onStage: true,
  description:
    'Prices a month on AWS: counts what generated deliveries make the pipeline do here, scales the counts and multiplies them with AWS’s prices. With --stage the month is the stage’s last thirty days, and its own executions are counted.',
  examples: ['cost', 'cost --gb 50 --files 3000 --runs 720', 'cost --json', 'cost --stage prod'],
  args: {
    gb: { type: 'string', valueHint: 'N', description: `gigabytes of raw files a month; default ${defaults.gb}` },
    files: { type: 'string', valueHint: 'N', description: `files a month; default ${defaults.files}` },
    runs: { type: 'string', valueHint: 'N', description: `runs a month; default ${defaults.runs}` },
    stored: { type: 'string', valueHint: 'N', description: 'gigabytes of raw files that are there before; default 0' },
  },
  async run(session, args) {
    const asked = {
      gb: decimalNumber('gb', args.gb),
      files: wholeNumber('files', args.files),
      runs: wholeNumber('runs', args.runs),
      stored: decimalNumber('stored', args.stored),
    }
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined))
    const { stage } = session
    const told = stage ? await askStage(stage, session) : undefined
    const month: Month = { ...defaults, ...told?.month, ...given }
    const { measureSample } = await import('../cost/measure-sample.ts')
    const sample = await measureSample(session.note)
    const bill = priceMonth({ ...sample, ...(told ? { ofStage: told.perRun } : {}) }, month)
    const answer = { bill, sample, ...(stage && told ? { stage: { name: stage.name, ...told } } : {}) }
    session.answer(costJson(answer), () => showCost(answer, session.terminal.style))
    return exit.done
  },
})

/** Of the last thirty days, and counts of one run. */
async function askStage(
  named: StageName,
  { note }: Session,
): Promise<{ month: Month; executions: string[]; perRun: Partial<Counts> }> {
  const { readMonth } = await import('../cost/stage-month.ts')
  const { measureExecutions } = await import('@droplake/stage/cost/measure-executions')
  return withStage(named, async (stage) => {
    const { month, executions } = await readMonth(stage)
    if (executions.length === 0)
      throw new UsageError(
        `cost: stage ${named.name} has published nothing in thirty days; drop something, or leave --stage out to price from a sample`,
      )
    note(`reading ${many(executions.length, 'execution')} of stage ${named.name}`)
    const sums = await measureExecutions(stage.clients, executions)
    const perRun = Object.fromEntries(Object.entries(sums).map(([name, n]) => [name, n / executions.length]))
    return { month, executions, perRun }
  })
}
