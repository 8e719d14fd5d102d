import { checkShare } from './check-share.ts'
import { categories } from './olist/categories.ts'
import { type OlistTable, olistFiles } from './olist/files.ts'
import { geolocationPoints } from './olist/geolocation.ts'
import { moneyText, type NumberStyle } from './olist/number-text.ts'
import { createOrder, createPerson, type Order, type Seller, type Shop } from './olist/order.ts'
import { createOrderCurve, defaultFrom } from './olist/order-curve.ts'
import { createPlaces, drawAddress, sellerCity, zipText } from './olist/places.ts'
import { createProduct, productCells } from './olist/products.ts'
import { below, createRandom, hexId } from './random.ts'
import type { Sink } from './sink.ts'
import { type TableWriter, tableWriter } from './table-writer.ts'
import type { Tally } from './tally.ts'
import { timeText } from './time.ts'

export interface OlistOptions {
  /** At least 1. */
  orders: number
  /** Whole number; the same seed gives the same bytes. */
  seed: number
  /** Share (0 … 1) of rows with a planted defect. Default 0. */
  defects?: number
  /** First day of the 26 months of orders. Default 2016-09-04, as in the public files. */
  from?: Date
  /** Counts of columns with gaps printed `57.0` and money `199.0`, as data-frame tools do. Default true. */
  floats?: boolean
}

/** Orders by a person who has ordered before: anyone, or the one of the order before, minutes after it. */
const returning = 0.0255
const twins = 0.0082

type Writers = Record<OlistTable, TableWriter>

/**
 * Writes the nine Olist files, shaped as the public ones: 99,441 orders give about 112,000 items, 33,000 products, 3,100
 * sellers and 300,000 geolocation rows. Keys are unique and references hold, except where a planted defect quarantines a row.
 */
export async function writeOlist(sink: Sink, options: OlistOptions): Promise<Tally> {
  const { orders, seed, defects = 0 } = options
  if (!Number.isSafeInteger(orders) || orders < 1)
    throw new Error(`generator: orders must be a whole number from 1, got ${orders}; pass --orders`)
  checkShare('defects', defects)
  const style: NumberStyle = { floats: options.floats ?? true }
  const shop = openShop(seed, orders, options.from ?? defaultFrom)
  const specs = olistFiles(shop.places, style)
  const entries = Object.entries(specs).map(
    ([name, spec]) => [name, tableWriter(sink, spec, { seed, defects })] as const,
  )
  const writers = Object.fromEntries(entries) as Writers

  await writeCatalogue(writers, shop, style)
  await writeOrders(writers, shop, orders, style)
  await writePoints(writers.geolocation, shop, Math.max(200, orders * 3))
  const tally: Tally = {}
  for (const [name, writer] of entries) tally[name] = await writer.finish()
  return tally
}

function openShop(seed: number, orders: number, from: Date): Shop {
  const places = createPlaces(orders)
  const sellers = Array.from({ length: Math.max(5, Math.round(orders * 0.031)) }, (_, index): Seller => {
    const random = createRandom(seed, 'seller', index)
    return { id: hexId(random), address: drawAddress(random, places.sellers) }
  })
  const products = Array.from({ length: Math.max(10, Math.round(orders * 0.331)) }, (_, index) =>
    createProduct(seed, index, sellers.length),
  )
  return { seed, curve: createOrderCurve(from), places, products, sellers }
}

async function writeCatalogue(writers: Writers, { seed, sellers, products }: Shop, style: NumberStyle): Promise<void> {
  for (const { name, english } of categories) if (english) writers.category_translation.push([name, english])
  const random = createRandom(seed, 'seller cells')
  for (const { id, address } of sellers)
    writers.sellers.push([id, zipText(random, address.zip), sellerCity(random, address.place), address.place.state])
  for (const product of products) {
    writers.products.push(productCells(product, style))
    await writers.products.drain()
  }
}

async function writeOrders(writers: Writers, shop: Shop, orders: number, style: NumberStyle): Promise<void> {
  const random = createRandom(shop.seed, 'persons')
  /** Person of each order. */
  const persons = new Int32Array(orders)
  let previous: Order | undefined
  for (let index = 0; index < orders; index++) {
    const fate = below(random, 10_000)
    const twin = fate < twins * 10_000 ? previous : undefined
    const again = index > 0 && fate >= 10_000 - returning * 10_000
    persons[index] = twin ? persons[index - 1]! : again ? persons[below(random, index)]! : index
    const order = createOrder(shop, index, createPerson(shop, persons[index]!), twin)
    previous = order
    pushOrder(writers, order, style)
    writers.customers.push(customerCells(order, zipText(random, order.customer.address.zip)))
    if (index % 250 === 0) for (const writer of Object.values(writers)) await writer.drain()
  }
}

async function writePoints(writer: TableWriter, { seed, places }: Shop, rows: number): Promise<void> {
  for (const { cells, copies } of geolocationPoints(seed, places, rows)) {
    writer.push(cells, copies > 0 ? 'original' : undefined)
    for (let copy = 0; copy < copies; copy++) writer.push(cells, 'copy')
    await writer.drain()
  }
}

function customerCells({ customer: { id, uniqueId, address } }: Order, zip: string): string[] {
  return [id, uniqueId, zip, address.place.city, address.place.state]
}

const optionalTime = (seconds: number | undefined): string => (seconds === undefined ? '' : timeText(seconds))

function pushOrder(writers: Writers, order: Order, style: NumberStyle): void {
  const { id, times } = order
  writers.orders.push([
    id,
    order.customer.id,
    order.status,
    timeText(times.purchase),
    optionalTime(times.approved),
    optionalTime(times.carrier),
    optionalTime(times.delivered),
    timeText(times.estimate),
  ])
  order.items.forEach((item, at) => {
    const { product, seller } = item
    const limit = timeText(item.shippingLimit)
    const [price, freight] = [moneyText(item.price, style), moneyText(item.freight, style)]
    writers.order_items.push([id, String(at + 1), product.id, seller.id, limit, price, freight])
  })
  order.payments.forEach(({ type, installments, value }, at) => {
    writers.order_payments.push([id, String(at + 1), type, String(installments), moneyText(value, style)])
  })
  for (const { id: review, score, title, message, created, answered } of order.reviews)
    writers.order_reviews.push([review, id, String(score), title, message, timeText(created), timeText(answered)])
}
