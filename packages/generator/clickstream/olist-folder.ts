import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractOf } from '../contract-of.ts'
import { readRows } from '../csv-reader.ts'
import { parseTime } from '../time.ts'

export interface Customer {
  id: string
  city: string
  state: string
}

export interface LinkableOrder {
  id: string
  customer: Customer
  /** UTC seconds */
  purchase: number
  /** The first unit's product. */
  product: string
  /** Distinct, the first unit's among them. */
  products: string[]
}

/** What a clickstream needs of an Olist folder. */
export interface OlistFolder {
  customers: Customer[]
  /** Orders with items whose customer is known. */
  orders: LinkableOrder[]
  /** Purchase times of all orders, UTC seconds. */
  purchases: number[]
  /** Every product once. */
  products: string[]
  /** Product of every unit sold: drawn from, it favours what sells. */
  sold: string[]
}

/**
 * Reads customers, orders, order_items and products of a folder under the public file names, generated or real.
 *
 * Rows that a pipeline quarantines (an unreadable time or number, an unknown status, no id) are left out; of several rows
 * with one key the last counts. Purchase times must be written `YYYY-MM-DD HH:MM:SS`.
 */
export function readOlistFolder(folder: string): OlistFolder {
  const customers = readCustomers(folder)
  const products = new Set<string>()
  for (const { product_id: id } of rows(folder, 'olist_products_dataset.csv', ['product_id'])) if (id) products.add(id)
  const { units, sold } = readUnits(folder)
  const orders = readOrders(folder)
  if (customers.size === 0 || orders.size === 0 || products.size === 0 || sold.length === 0)
    throw new Error(`generator: ${folder} has no usable customers, orders, items or products; pass an Olist folder`)
  const linkable: LinkableOrder[] = []
  for (const [id, { customer, purchase }] of orders) {
    const known = customers.get(customer)
    const bought = units.get(id)
    const product = bought?.get(1)
    if (known && bought && product)
      linkable.push({ id, customer: known, purchase, product, products: [...new Set(bought.values())] })
  }
  return {
    customers: [...customers.values()],
    orders: linkable,
    purchases: [...orders.values()].map(({ purchase }) => purchase),
    products: [...products],
    sold,
  }
}

function rows<C extends string>(folder: string, name: string, columns: readonly C[]) {
  const path = join(folder, name)
  if (!existsSync(path)) throw new Error(`generator: no ${name} in ${folder}; pass a folder with the Olist files`)
  const bytes = readFileSync(path)
  const text = bytes.toString('utf8')
  return readRows(name, text.includes('\uFFFD') ? bytes.toString('latin1') : text, columns)
}

function readCustomers(folder: string): Map<string, Customer> {
  const customers = new Map<string, Customer>()
  const columns = ['customer_id', 'customer_unique_id', 'customer_city', 'customer_state'] as const
  for (const row of rows(folder, 'olist_customers_dataset.csv', columns)) {
    const id = row.customer_id
    if (id && row.customer_unique_id)
      customers.set(id, { id, city: row.customer_city.toLowerCase(), state: row.customer_state })
  }
  return customers
}

const orderTimes = [
  'order_approved_at',
  'order_delivered_carrier_date',
  'order_delivered_customer_date',
  'order_estimated_delivery_date',
] as const
const isMoney = (text: string) => /^\d+(\.\d+)?$/.test(text)

function readOrders(folder: string): Map<string, { customer: string; purchase: number }> {
  const statuses = contractOf('olist', 'orders').columns.order_status?.accepted ?? []
  const orders = new Map<string, { customer: string; purchase: number }>()
  const columns = ['order_id', 'customer_id', 'order_status', 'order_purchase_timestamp', ...orderTimes] as const
  for (const row of rows(folder, 'olist_orders_dataset.csv', columns)) {
    const purchase = parseTime(row.order_purchase_timestamp)
    if (
      purchase === undefined ||
      !row.order_id ||
      !row.customer_id ||
      !statuses.includes(row.order_status.toLowerCase())
    )
      continue
    if (orderTimes.some((column) => row[column] !== '' && parseTime(row[column]) === undefined)) continue
    orders.set(row.order_id, { customer: row.customer_id, purchase })
  }
  return orders
}

/** Products by order and number of the unit. */
function readUnits(folder: string) {
  const units = new Map<string, Map<number, string>>()
  const sold: string[] = []
  const columns = [
    'order_id',
    'order_item_id',
    'product_id',
    'seller_id',
    'shipping_limit_date',
    'price',
    'freight_value',
  ] as const
  for (const row of rows(folder, 'olist_order_items_dataset.csv', columns)) {
    const number = Number(row.order_item_id)
    const limit = row.shipping_limit_date
    if (!row.order_id || !row.product_id || !row.seller_id || !Number.isInteger(number) || number < 1) continue
    if (!isMoney(row.price) || !isMoney(row.freight_value) || (limit !== '' && parseTime(limit) === undefined)) continue
    const order = units.get(row.order_id) ?? new Map<number, string>()
    units.set(row.order_id, order.set(number, row.product_id))
    sold.push(row.product_id)
  }
  return { units, sold }
}
