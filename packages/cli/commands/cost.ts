import { type Month, priceMonth } from '@droplake/stage/cost/price'
import { decimalNumber, wholeNumber } from '../arguments.ts'
import { command } from '../command.ts'
import { costJson, showCost } from '../cost/show-cost.ts'
import { exit } from '../exit-codes.ts'

const defaults = { gb: 1, files: 300, runs: 30 }

export default command({
  name: 'cost',
  description:
    'Prices a month on AWS: counts what generated deliveries make the pipeline do, scales the counts, and multiplies them with AWS’s prices.',
  examples: ['cost', 'cost --gb 50 --files 3000 --runs 720', 'cost --json'],
  args: {
    gb: { type: 'string', valueHint: 'N', description: `gigabytes of raw files a month; default ${defaults.gb}` },
    files: { type: 'string', valueHint: 'N', description: `files a month; default ${defaults.files}` },
    runs: { type: 'string', valueHint: 'N', description: `runs a month; default ${defaults.runs}` },
    stored: {
      type: 'string',
      valueHint: 'N',
      description: 'gigabytes of raw files that the lake has before; default 0',
    },
  },
  async run(session, args) {
    const month: Month = {
      gb: decimalNumber('gb', args.gb) ?? defaults.gb,
      files: wholeNumber('files', args.files) ?? defaults.files,
      runs: wholeNumber('runs', args.runs) ?? defaults.runs,
      stored: decimalNumber('stored', args.stored) ?? 0,
    }
    const { measureSample } = await import('../cost/measure-sample.ts')
    const measured = await measureSample(session.note)
    const bill = priceMonth(measured, month)
    session.answer(costJson(bill, measured), () => showCost(bill, measured, session.terminal.style))
    return exit.done
  },
})
