import { checkShare } from './check-share.ts'
import { type LinkableOrder, type OlistFolder, readOlistFolder } from './clickstream/olist-folder.ts'
import {
  browsingSteps,
  buyingSteps,
  type ClickEvent,
  createAudiences,
  drawProduct,
  sessionEvents,
} from './clickstream/session.ts'
import { contractOf } from './contract-of.ts'
import { below, chance, createRandom, pick, type Random } from './random.ts'
import type { Sink } from './sink.ts'
import { tableWriter } from './table-writer.ts'
import type { Tally } from './tally.ts'
import { day, hour } from './time.ts'

export interface ClickstreamOptions {
  /** Folder with the Olist files that sessions are linked to. */
  from: string
  seed: number
  /** Share of the orders with items that a session leads to. Default 0.6. */
  linkRate?: number
  /** Share of sessions that buy, above 0. Default 0.05. */
  conversionRate?: number
  /** Share of the buying sessions whose purchase names no order, below 1. Default 0.03. */
  unlinkedPurchaseRate?: number
  /** Share of rows with a planted defect. Default 0. */
  defects?: number
}

export const clickstreamFile = 'olist_clickstream_events.csv'

/** What happens on one day. */
interface DayPlan {
  linked: LinkableOrder[]
  unlinked: number
  browsing: number
}

/**
 * Writes one clickstream file over an Olist folder, sorted by time.
 *
 * A linked session ends with the purchase of its order at the order's very time; the others follow the orders' rhythm.
 * Memory: the folder, and the events of two days.
 */
export async function writeClickstream(sink: Sink, options: ClickstreamOptions): Promise<Tally> {
  const { seed, linkRate = 0.6, conversionRate = 0.05, unlinkedPurchaseRate = 0.03, defects = 0 } = options
  for (const [name, share] of Object.entries({ linkRate, conversionRate, unlinkedPurchaseRate, defects }))
    checkShare(name, share)
  if (conversionRate === 0) throw new Error('generator: conversionRate must be above 0, got 0; pass 0.05')
  if (unlinkedPurchaseRate === 1) throw new Error('generator: unlinkedPurchaseRate must be below 1, got 1; pass 0.03')
  const folder = readOlistFolder(options.from)
  const plans = planDays(folder, { seed, linkRate, conversionRate, unlinkedPurchaseRate })
  const writer = tableWriter(
    sink,
    {
      table: contractOf('olist', 'olist_clickstream_events'),
      fileName: clickstreamFile,
      ordered: true,
      // A later delivery of the event, which the first one wins over.
      version: (cells, random) => cells.with(8, pick(random, ['direct', 'referral'])),
    },
    { seed, defects },
  )
  for (const { cells } of sortedEvents(folder, plans, { seed, conversionRate })) {
    writer.push(cells)
    await writer.drain()
  }
  return { olist_clickstream_events: await writer.finish() }
}

/** Sessions by day (days since 1970) in the order of days: linked ones on their order's, the others as orders fall. */
function planDays(
  folder: OlistFolder,
  rates: { seed: number; linkRate: number; conversionRate: number; unlinkedPurchaseRate: number },
): [number, DayPlan][] {
  const random = createRandom(rates.seed, 'clickstream plan')
  const plans = new Map<number, DayPlan>()
  const planOf = (seconds: number): DayPlan => {
    const number = Math.floor(seconds / day)
    const plan = plans.get(number) ?? { linked: [], unlinked: 0, browsing: 0 }
    plans.set(number, plan)
    return plan
  }
  const linked = folder.orders.filter(() => chance(random, rates.linkRate))
  for (const order of linked) planOf(order.purchase).linked.push(order)
  const unlinked = Math.round((linked.length * rates.unlinkedPurchaseRate) / (1 - rates.unlinkedPurchaseRate))
  const browsing = Math.round((linked.length + unlinked) * (1 / rates.conversionRate - 1))
  for (let i = 0; i < unlinked; i++) planOf(pick(random, folder.purchases)).unlinked++
  for (let i = 0; i < browsing; i++) planOf(pick(random, folder.purchases)).browsing++
  return [...plans].sort(([a], [b]) => a - b)
}

/** A moment of that day: the hour as orders fall, minute and second at random. */
function drawMoment(random: Random, dayNumber: number, { purchases }: OlistFolder): number {
  const hourOfDay = Math.floor((pick(random, purchases) % day) / hour)
  return dayNumber * day + hourOfDay * hour + below(random, hour)
}

function* sortedEvents(
  folder: OlistFolder,
  plans: readonly [number, DayPlan][],
  options: { seed: number; conversionRate: number },
): Generator<ClickEvent> {
  const audiences = createAudiences(options.conversionRate)
  let session = 0
  let waiting: ClickEvent[] = []
  const add = (events: readonly ClickEvent[]) => {
    for (const event of events) waiting.push(event)
  }
  for (const [dayNumber, plan] of plans) {
    // A session of this day may have begun the day before, not earlier: what lies before that is complete.
    const complete = (dayNumber - 1) * day
    waiting.sort((a, b) => a.at - b.at)
    const ready = waiting.filter(({ at }) => at < complete)
    waiting = waiting.slice(ready.length)
    yield* ready

    for (const order of plan.linked) {
      const random = createRandom(options.seed, 'session', session++)
      const steps = buyingSteps(random, folder, order.product, order.products)
      const { purchase: at, customer, id } = order
      add(sessionEvents(random, { steps, at, customer, order: id, audience: audiences.converting }))
    }
    for (let i = 0; i < plan.unlinked; i++) {
      const random = createRandom(options.seed, 'session', session++)
      const product = drawProduct(random, folder)
      const steps = buyingSteps(random, folder, product, [product])
      const at = drawMoment(random, dayNumber, folder)
      add(
        sessionEvents(random, { steps, at, customer: pick(random, folder.customers), audience: audiences.converting }),
      )
    }
    for (let i = 0; i < plan.browsing; i++) {
      const random = createRandom(options.seed, 'session', session++)
      const steps = browsingSteps(random, folder)
      const at = drawMoment(random, dayNumber, folder)
      add(sessionEvents(random, { steps, at, customer: pick(random, folder.customers), audience: audiences.browsing }))
    }
  }
  yield* waiting.sort((a, b) => a.at - b.at)
}
