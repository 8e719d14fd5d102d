import type { Counts } from '@droplake/stage/cost/counts'
import { assumed } from '@droplake/stage/cost/lambda-time'
import { type Bill, type Line, newShapes } from '@droplake/stage/cost/price'
import { prices } from '@droplake/stage/cost/prices'
import type { Style } from '../style.ts'
import { bytes, many } from '../text.ts'
import { textTable } from '../text-table.ts'
import type { SampleMeasures } from './measure-sample.ts'

export interface Cost {
  bill: Bill
  sample: SampleMeasures
  /** Set where the stage told some counts itself. */
  stage?: { name: string; executions: string[]; perRun: Partial<Counts> }
}

export function costJson({ bill, sample, stage }: Cost): unknown {
  const { region, asOf } = prices
  const { rates, standing, livePerRaw, samples } = sample
  return {
    region,
    pricesOf: asOf,
    month: bill.month,
    lines: bill.lines.map((line) => ({ ...line, ...ratesOf(line, { sample, ...(stage ? { stage } : {}) }) })),
    total: bill.total,
    others: bill.others,
    measured: { rates, standing, livePerRaw, samples, ...(stage ? { stage } : {}) },
    assumed,
  }
}

/** The bill, what makes most of it, what other ways would bill, and how it was come by. */
export function showCost(cost: Cost, style: Style): string {
  const { bill, sample, stage } = cost
  const { gb, files, runs, stored } = bill.month
  const before = stored > 0 ? `, into a lake of ${number(stored)} GB` : ''
  const title = `${style.bold('A month')} of ${many(runs, 'run')} that bring ${number(gb)} GB in ${many(files, 'file')}${before}; ${prices.region}, prices of ${prices.asOf}, no free tier`
  const rows = bill.lines.map((line) => {
    const { perRun, perGb, perFile } = ratesOf(line, cost)
    return [
      line.service,
      line.unit,
      ...[perRun, perGb, perFile, line.count].map((n) => (n === undefined ? '' : number(n))),
      money(line.dollars),
    ]
  })
  const right = ['a run', 'a GB', 'a file', 'the month', '$'].map((name) => ({ title: name, align: 'right' as const }))
  const table = textTable(
    [{ title: '' }, { title: '' }, ...right],
    [...rows, ['', 'total', '', '', '', '', money(bill.total)]],
    { indent: '  ', title: style.dim },
  )
  const most = bill.lines.toSorted((a, b) => b.dollars - a.dollars).slice(0, 3)
  return [
    title,
    table,
    `  ${style.bold('Most of it')}  ${most.map((line) => `${line.service} ${line.unit} (${Math.round((line.dollars / bill.total) * 100)} %)`).join(', ')}`,
    `  ${style.bold('Other ways')}  computed from the same prices, not measured, beside storage and queries:\n${[ownWay(bill), ...bill.others].map(({ what, dollars }) => `    ${what}: $${money(dollars)}`).join('\n')}`,
    `  ${style.bold('How')}  ${how(sample, stage).join('\n       ')}`,
  ].join('\n\n')
}

/** What the runs themselves bill here, in place of a job or a crawler. */
function ownWay({ lines }: Bill): Bill['others'][number] {
  const own = lines.filter(({ service }) => service === 'Step Functions' || service === 'Lambda')
  return {
    what: 'droplake’s states and Lambdas, from the bill above',
    dollars: own.reduce((sum, { dollars }) => sum + dollars, 0),
  }
}

function how({ samples, livePerRaw, rates, sizes }: SampleMeasures, stage: Cost['stage']): string[] {
  const { small, large, many: split } = samples
  return [
    ...(stage
      ? [
          `States, calls and queries: measured on the last ${many(stage.executions.length, 'published run')} of stage ${stage.name}. All else:`,
        ]
      : []),
    `Counted here on generated deliveries (about ${sizes.small} orders in ${small.files} files, ${bytes(small.gb * 1e9)}; the same in ${split.files} files; ${bytes(large.gb * 1e9)} in ${large.files}),`,
    `each into a lake of two years, ${bytes(rates.liveBytes)}; a month = runs × a run + GB × a GB + files × a file + what the schedules do.`,
    'A delivery brings customers and products as well, so that what is enriched with them is built anew as a whole.',
    `A run's scans and rewrites are taken in proportion to the lake (${number(livePerRaw)} bytes a raw byte) at the middle of the month; scans count whole files, Athena reads some columns.`,
    `Lambda: this machine's processor time, a core for ${assumed.mbOfCore} MB, plus assumed waits of ${assumed.requestMs} ms a request and ${assumed.queryMs} ms a query. ${many(newShapes, 'source file')} of a new shape a month is crawled.`,
    'Not in it: logs, alarms, dashboard, traces, data transfer, queries of people.',
  ]
}

function ratesOf({ of }: Line, { sample, stage }: Pick<Cost, 'sample' | 'stage'>) {
  if (of === undefined) return {}
  const told = stage?.perRun[of]
  if (told !== undefined) return { perRun: told }
  const { perRun, perGb, perFile } = sample.rates
  return { perRun: perRun[of], perGb: perGb[of], perFile: perFile[of] }
}

const number = (n: number) =>
  n.toLocaleString('en-US', { maximumFractionDigits: n === 0 || n >= 100 ? 0 : n >= 1 ? 1 : 2 })

const money = (dollars: number) => dollars.toFixed(dollars > 0 && dollars < 0.01 ? 4 : 2)
