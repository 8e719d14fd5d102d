import { draw, logNormal, type Weighted, weighted } from '../distribution.ts'
import { below, between, chance, pick, type Random, uuid } from '../random.ts'
import { timeText } from '../time.ts'
import type { Customer, OlistFolder } from './olist-folder.ts'

export type EventType = 'page_view' | 'view_product' | 'add_to_cart' | 'checkout' | 'purchase'

interface Step {
  type: EventType
  product?: string
}

/** One row of the clickstream in the making. */
export interface ClickEvent {
  /** UTC seconds */
  at: number
  cells: string[]
}

/** Share of all sessions, and how well they convert against the average. */
const devices = [
  ['mobile', 55, 0.8],
  ['desktop', 38, 1.35],
  ['tablet', 7, 0.7],
] as const
const sources = [
  ['organic_search', 32, 0.95],
  ['direct', 22, 1.3],
  ['paid_search', 16, 0.9],
  ['social', 14, 0.5],
  ['email', 10, 1.6],
  ['referral', 6, 0.95],
] as const

type Shares = readonly (readonly [string, number, number])[]
interface Audience {
  devices: Weighted<string>
  sources: Weighted<string>
}

/** Shares among converting and other sessions that together give the shares above at this conversion rate. */
export function createAudiences(conversionRate: number): { converting: Audience; browsing: Audience } {
  const mixed = (shares: Shares) => {
    const whole = shares.reduce((sum, [, share, factor]) => sum + share * factor, 0)
    const part = shares.map(([name, share, factor]) => ({ name, share: share / 100, buying: (share * factor) / whole }))
    return {
      converting: weighted(part.map(({ name, buying }) => [name, buying * 1e6] as const)),
      // At very high rates the other sessions cannot make up for it: what would be negative is nearly nothing.
      browsing: weighted(
        part.map(({ name, share, buying }) => [name, Math.max(1, (share - conversionRate * buying) * 1e6)] as const),
      ),
    }
  }
  const [device, source] = [mixed(devices), mixed(sources)]
  return {
    converting: { devices: device.converting, sources: source.converting },
    browsing: { devices: device.browsing, sources: source.browsing },
  }
}

const stops = weighted<EventType>([
  ['page_view', 32],
  ['view_product', 43],
  ['add_to_cart', 17],
  ['checkout', 8],
])

/** A bestseller more often than not. */
export const drawProduct = (random: Random, { products, sold }: OlistFolder): string =>
  pick(random, chance(random, 0.7) ? sold : products)

function pageViews(random: Random): Step[] {
  return Array.from({ length: pick(random, [1, 1, 2, 3]) }, () => ({ type: 'page_view' }))
}

/** Steps that end with the purchase of `product`; every one of `products` is viewed and put into the cart before. */
export function buyingSteps(random: Random, folder: OlistFolder, product: string, products: readonly string[]): Step[] {
  const visits: { product: string; bought: boolean }[] = products.map((bought) => ({ product: bought, bought: true }))
  for (let others = between(random, 0, 4); others > 0; others--) {
    const other = drawProduct(random, folder)
    if (!products.includes(other)) visits.splice(below(random, visits.length + 1), 0, { product: other, bought: false })
  }
  const steps = pageViews(random)
  const later: Step[] = []
  for (const { product: visited, bought } of visits) {
    if (chance(random, 0.2)) steps.push({ type: 'page_view' })
    steps.push({ type: 'view_product', product: visited })
    if (bought) (chance(random, 0.25) ? later : steps).push({ type: 'add_to_cart', product: visited })
  }
  return [...steps, ...later, { type: 'checkout' }, { type: 'purchase', product }]
}

/** Steps of a session that buys nothing; the last is where it stops. */
export function browsingSteps(random: Random, folder: OlistFolder): Step[] {
  const stop = draw(random, stops)
  const steps = pageViews(random)
  if (stop === 'page_view') return steps
  let product = ''
  for (let views = between(random, 1, 3); views > 0; views--) {
    product = drawProduct(random, folder)
    steps.push({ type: 'view_product', product })
  }
  if (stop === 'view_product') return steps
  steps.push({ type: 'add_to_cart', product })
  if (stop === 'checkout') steps.push({ type: 'checkout' })
  return steps
}

/** Longest session in seconds: the writer relies on no session touching three days. */
const longest = 80_000

/** Seconds between steps: log-normal, median 40 s, at most 20 minutes. */
function drawGap(random: Random, most: number): number {
  return Math.max(1, Math.min(most, Math.round(logNormal(random, 40, 1))))
}

/** The session's events in their order. A purchase takes place at `at` exactly, else the first event does. */
export function sessionEvents(
  random: Random,
  session: { steps: readonly Step[]; at: number; customer: Customer; order?: string; audience: Audience },
): ClickEvent[] {
  const { steps, customer } = session
  const id = uuid(random)
  const device = draw(random, session.audience.devices)
  const source = draw(random, session.audience.sources)
  const checkout = steps.findIndex(({ type }) => type === 'checkout')
  const reachesCheckout = checkout < 0 ? steps.length : checkout
  // 35 % log in before the checkout, half of those are logged in from the start.
  const early = chance(random, 0.35)
  const login = early ? (chance(random, 0.5) ? 0 : below(random, reachesCheckout)) : reachesCheckout

  const most = Math.min(1200, Math.floor(longest / steps.length))
  const offsets = [0]
  for (let i = 1; i < steps.length; i++) offsets.push(offsets[i - 1]! + drawGap(random, most))
  const buys = steps.at(-1)?.type === 'purchase'
  const start = buys ? session.at - offsets.at(-1)! : session.at

  return steps.map(({ type, product }, index) => {
    const at = start + offsets[index]!
    const known = index >= login
    return {
      at,
      cells: [
        uuid(random),
        id,
        known ? customer.id : '',
        type,
        timeText(at),
        product ?? '',
        type === 'purchase' ? (session.order ?? '') : '',
        device,
        source,
        known ? '1' : '0',
        customer.city,
        customer.state,
      ],
    }
  })
}
