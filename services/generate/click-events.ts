import type { Customer, OlistFolder } from '@droplake/generator/clickstream/olist-folder'
import {
  browsingSteps,
  buyingSteps,
  createAudiences,
  drawProduct,
  sessionEvents,
} from '@droplake/generator/clickstream/session'
import { between, chance, createRandom, hexId, pick } from '@droplake/generator/random'

const fields = [
  'event_id',
  'session_id',
  'customer_id',
  'event_type',
  'event_ts',
  'product_id',
  'order_id',
  'device_type',
  'traffic_source',
  'is_authenticated',
  'customer_city',
  'customer_state',
] as const
export type ClickstreamEvent = Partial<Record<(typeof fields)[number], string>>

const conversionRate = 0.05
const spanSeconds = 3600

/** The same customers and products at every call, so that visitors come back. */
const shop = createShop()

/**
 * As many events of shop sessions, in the order of their times, none later than `until`. The same seed gives the same events,
 * ids included.
 *
 * @param until UTC seconds
 */
export function clickEvents(count: number, { seed, until }: { seed: number; until: number }): ClickstreamEvent[] {
  const audiences = createAudiences(conversionRate)
  const events: { at: number; cells: string[] }[] = []
  for (let session = 0; events.length < count; session++) {
    const random = createRandom(seed, 'stream session', session)
    const customer = pick(random, shop.customers)
    const at = until - between(random, 0, spanSeconds)
    const product = drawProduct(random, shop)
    const buys = chance(random, conversionRate)
    const steps = buys ? buyingSteps(random, shop, product, [product]) : browsingSteps(random, shop)
    const audience = buys ? audiences.converting : audiences.browsing
    const order = buys ? { order: hexId(random) } : {}
    events.push(
      ...sessionEvents(random, { steps, at, customer, audience, ...order }).filter((event) => event.at <= until),
    )
  }
  return events
    .slice(0, count)
    .sort((a, b) => a.at - b.at)
    .map(({ cells }) => asRecord(cells))
}

/** What is empty is left out. */
const asRecord = (cells: readonly string[]): ClickstreamEvent =>
  Object.fromEntries(fields.flatMap((field, n) => (cells[n] ? [[field, cells[n]]] : [])))

function createShop(): OlistFolder {
  const random = createRandom(1, 'stream shop')
  const cities = [
    ['sao paulo', 'SP'],
    ['rio de janeiro', 'RJ'],
    ['belo horizonte', 'MG'],
    ['curitiba', 'PR'],
    ['porto alegre', 'RS'],
  ] as const
  const customers: Customer[] = Array.from({ length: 500 }, () => {
    const [city, state] = pick(random, cities)
    return { id: hexId(random), city, state }
  })
  const products = Array.from({ length: 200 }, () => hexId(random))
  return { customers, products, sold: products.slice(0, 40), orders: [], purchases: [] }
}
