import { draw, popular, weighted } from '../distribution.ts'
import { between, chance, createRandom, hexId, type Random } from '../random.ts'
import { day } from '../time.ts'
import { drawOrderTime, type OrderCurve } from './order-curve.ts'
import { drawOrderTimes, type Lane, type OrderTimes, type Status } from './order-times.ts'
import { drawPaymentPlan, drawPayments, type Payment } from './payments.ts'
import { type Address, drawAddress, type PlaceShares } from './places.ts'
import type { Product } from './products.ts'
import { drawReviews, type Review } from './reviews.ts'

export interface Seller {
  id: string
  address: Address
}

/** All that is there before the first order. */
export interface Shop {
  seed: number
  curve: OrderCurve
  places: PlaceShares
  products: readonly Product[]
  sellers: readonly Seller[]
}

export interface Item {
  product: Product
  seller: Seller
  /** UTC seconds */
  shippingLimit: number
  /** cents */
  price: number
  freight: number
}

export interface Order {
  id: string
  customer: { id: string; uniqueId: string; address: Address }
  status: Status
  times: OrderTimes
  items: Item[]
  payments: Payment[]
  reviews: Review[]
}

const statuses = weighted<Status>([
  ['delivered', 96_478],
  ['shipped', 1107],
  ['canceled', 625],
  ['unavailable', 609],
  ['invoiced', 314],
  ['processing', 301],
  ['created', 5],
  ['approved', 2],
])
/** Share of orders that list items, where it is not all. */
const itemShare: Partial<Record<Status, number>> = { canceled: 0.76, unavailable: 0.01, created: 0, invoiced: 0.99 }
const units = weighted([
  [1, 13_391],
  [2, 1130],
  [3, 214],
  [4, 67],
  [5, 33],
  [6, 41],
  [7, 3],
  [10, 1],
  [12, 3],
  [20, 1],
] as const)
const shippingDays = weighted([
  [2, 10],
  [3, 8],
  [4, 19],
  [5, 13],
  [6, 34],
  [7, 5],
  [9, 4],
  [12, 4],
  [19, 2],
] as const)

const laneOf = (from: Address, to: Address): Lane =>
  from.place.state === to.place.state ? 'same_state' : to.place.remote || from.place.remote ? 'remote' : 'other_state'

/** Cents for one unit, by weight and distance; some sellers ship for nothing. */
function freightOf(random: Random, product: Product, lane: Lane): number {
  if (chance(random, 0.0034)) return 0
  const base = { same_state: 720, other_state: 1310, remote: 1750 }[lane]
  const perKilo = { same_state: 95, other_state: 190, remote: 420 }[lane]
  return base + Math.round(((product.size?.weight ?? 500) * perKilo) / 1000) + between(random, 0, 420)
}

/** A third of the orders begin with the next product of the list, so that nearly every product is sold. */
function firstProduct(random: Random, shop: Shop, index: number): Product {
  const { products } = shop
  return products[index % 3 === 0 ? (index / 3) % products.length : popular(random, products.length)]!
}

function drawItems(random: Random, shop: Shop, first: Product, to: Address, approved: number): Item[] {
  const count = draw(random, units)
  // Most orders of several units hold one product several times.
  const alike = chance(random, 0.69)
  const days = draw(random, shippingDays) + (chance(random, 4 / 112_650) ? 1050 : 0)
  const items: Item[] = []
  let product = first
  while (items.length < count) {
    const before = items.at(-1)
    if (before && !alike && chance(random, 0.7)) product = shop.products[popular(random, shop.products.length)]!
    if (before && before.product === product) {
      items.push(before)
      continue
    }
    const seller = shop.sellers[product.seller]!
    const sale = chance(random, 0.12) ? between(random, 80, 110) : 100
    items.push({
      product,
      seller,
      shippingLimit: approved + days * day,
      price: Math.round((product.price * sale) / 100),
      freight: freightOf(random, product, laneOf(seller.address, to)),
    })
  }
  return items
}

export interface Person {
  uniqueId: string
  address: Address
}

export function createPerson(shop: Shop, index: number): Person {
  const random = createRandom(shop.seed, 'person', index)
  return { uniqueId: hexId(random), address: drawAddress(random, shop.places.customers) }
}

/** Order number `index`, of a person. A `twin` is the order that the person placed minutes before; one review is for both. */
export function createOrder(shop: Shop, index: number, person: Person, twin?: Order): Order {
  const random = createRandom(shop.seed, 'order', index)
  const id = hexId(random)
  const customer = { id: hexId(random), ...person }
  const status = draw(random, statuses)
  const plan = drawPaymentPlan(random)
  const first = firstProduct(random, shop, index)
  const times = drawOrderTimes(random, {
    purchase: twin ? twin.times.purchase + between(random, 60, 1800) : drawOrderTime(random, shop.curve),
    status,
    lane: laneOf(shop.sellers[first.seller]!.address, person.address),
    bankSlip: plan === 'boleto',
  })
  const drawn = drawItems(random, shop, first, person.address, times.approved ?? times.purchase)
  const total = drawn.reduce((sum, item) => sum + item.price + item.freight, 0)
  return {
    id,
    customer,
    status,
    times,
    items: chance(random, itemShare[status] ?? 1) ? drawn : [],
    payments: chance(random, 1 / 99_441) ? [] : drawPayments(random, plan, total),
    reviews: drawReviews(random, times, twin?.reviews[0]),
  }
}
