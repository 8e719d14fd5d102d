import { createHash } from 'node:crypto'
import { builtIn } from '@droplake/contracts/registry'
import { beforeAll, describe, expect, test } from 'vitest'
import { type OlistOptions, writeOlist } from './olist.ts'
import { memorySink } from './sink.ts'
import type { Tally } from './tally.ts'
import { recount } from './testing/recount.ts'
import { parseObjects, parseTiny } from './testing/tiny-csv.ts'

const fileOf: Record<string, string> = {
  customers: 'olist_customers_dataset.csv',
  orders: 'olist_orders_dataset.csv',
  order_items: 'olist_order_items_dataset.csv',
  order_payments: 'olist_order_payments_dataset.csv',
  order_reviews: 'olist_order_reviews_dataset.csv',
  products: 'olist_products_dataset.csv',
  sellers: 'olist_sellers_dataset.csv',
  geolocation: 'olist_geolocation_dataset.csv',
  category_translation: 'product_category_name_translation.csv',
}

async function generate(
  options: OlistOptions,
): Promise<{ tally: Tally; bytes: Map<string, Uint8Array>; text: (table: string) => string }> {
  const { sink, files } = memorySink()
  const tally = await writeOlist(sink, options)
  const text = (table: string) => Buffer.from(files.get(fileOf[table]!)!).toString('utf8')
  return { tally, bytes: files, text }
}

function hashOf(files: Map<string, Uint8Array>): string {
  const hash = createHash('sha256')
  for (const name of [...files.keys()].sort()) hash.update(name).update(files.get(name)!)
  return hash.digest('hex')
}

describe('olist bytes', () => {
  test('are the same for the same seed, on every machine', async () => {
    expect(hashOf((await generate({ orders: 300, seed: 42, defects: 0.05 })).bytes)).toBe(
      '1dd36490bba891d10f0dd9e207f4d2d6396edb0fd9904e55decb37ea126a7c2c',
    )
  })

  test('differ for another seed, another first day', async () => {
    const options = { orders: 50, seed: 1 }
    const hashes = [options, { ...options, seed: 2 }, { ...options, from: new Date('2023-01-01') }].map(async (each) =>
      hashOf((await generate(each)).bytes),
    )
    expect(new Set(await Promise.all(hashes)).size).toBe(3)
  })

  test('are the nine public files with their headers', async () => {
    const { bytes, text } = await generate({ orders: 1, seed: 1 })
    expect([...bytes.keys()].sort()).toEqual(Object.values(fileOf).sort())
    expect(parseTiny(text('products')).header.join(',')).toBe(
      'product_id,product_category_name,product_name_lenght,product_description_lenght,product_photos_qty,product_weight_g,product_length_cm,product_height_cm,product_width_cm',
    )
    expect(parseTiny(text('orders')).header.join(',')).toBe(
      'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date',
    )
    expect(parseTiny(text('geolocation')).records).toHaveLength(200)
    expect(parseTiny(text('sellers')).records).toHaveLength(5)
    expect(text('category_translation')).toMatch(/^\uFEFFproduct_category_name,/)
    expect(text('category_translation')).not.toMatch(/\n$/)
  })

  test('refuse orders, shares and dates that make no sense', async () => {
    await expect(generate({ orders: 0, seed: 1 })).rejects.toThrow('orders must be a whole number from 1, got 0')
    await expect(generate({ orders: 5, seed: 1, defects: 1.5 })).rejects.toThrow('defects must be from 0 to 1, got 1.5')
    await expect(generate({ orders: 5, seed: 1, from: new Date('x') })).rejects.toThrow('first day must be a date')
  })
})

describe('olist without planted defects', () => {
  const orderCount = 20_000
  let tally: Tally
  let text: (table: string) => string
  const tables: Record<string, Record<string, string>[]> = {}
  const of = (table: string) => tables[table]!
  const share = (rows: readonly unknown[], is: number) => is / rows.length
  const shareOf = (table: string, is: (row: Record<string, string>) => boolean) =>
    share(of(table), of(table).filter(is).length)

  beforeAll(async () => {
    ;({ tally, text } = await generate({ orders: orderCount, seed: 11 }))
    for (const table of Object.keys(fileOf)) tables[table] = parseObjects(text(table))
  })

  test('keeps every row of every keyed table', () => {
    for (const [name, { rows, kept, duplicate, quarantined, blank }] of Object.entries(tally)) {
      if (name !== 'geolocation') expect({ name, kept }).toEqual({ name, kept: rows })
      expect({ name, duplicate: name === 'geolocation' ? 0 : duplicate, quarantined, blank }).toEqual({
        name,
        duplicate: 0,
        quarantined: 0,
        blank: 0,
      })
    }
  })

  test('has the public proportions of rows', () => {
    expect(of('orders')).toHaveLength(orderCount)
    expect(of('customers')).toHaveLength(orderCount)
    expect(of('order_items').length / orderCount).toBeCloseTo(1.13, 1)
    expect(of('order_payments').length / orderCount).toBeCloseTo(1.045, 1)
    expect(of('order_reviews').length / orderCount).toBeCloseTo(0.998, 2)
    expect(of('products')).toHaveLength(6620)
    expect(of('sellers')).toHaveLength(620)
    expect(of('geolocation')).toHaveLength(60_000)
    expect(of('category_translation')).toHaveLength(71)
    expect(tally.geolocation!.duplicate / tally.geolocation!.rows).toBeCloseTo(0.26, 1)
  })

  test('refers only to rows that exist, and sells nearly every product', () => {
    const ids = (table: string, column: string) => new Set(of(table).map((row) => row[column]))
    const within = (table: string, column: string, other: string, otherColumn = column) => {
      const known = ids(other, otherColumn)
      expect(of(table).filter((row) => !known.has(row[column]))).toEqual([])
    }
    within('orders', 'customer_id', 'customers')
    within('order_items', 'order_id', 'orders')
    within('order_items', 'product_id', 'products')
    within('order_items', 'seller_id', 'sellers')
    within('order_payments', 'order_id', 'orders')
    within('order_reviews', 'order_id', 'orders')
    const sold = ids('order_items', 'product_id')
    expect(shareOf('products', (row) => sold.has(row.product_id))).toBeGreaterThan(0.99)
    expect(ids('orders', 'customer_id').size).toBe(orderCount)
  })

  test('has persons who order again, and reviews that stand for two orders', () => {
    const persons = new Set(of('customers').map((row) => row.customer_unique_id))
    expect(1 - persons.size / orderCount).toBeGreaterThan(0.025)
    expect(1 - persons.size / orderCount).toBeLessThan(0.042)
    const reviews = new Set(of('order_reviews').map((row) => row.review_id))
    const again = 1 - reviews.size / of('order_reviews').length
    expect(again).toBeGreaterThan(0.005)
    expect(again).toBeLessThan(0.012)
  })

  test('has the public statuses, and times in their order but for small shares', () => {
    expect(shareOf('orders', (row) => row.order_status === 'delivered')).toBeCloseTo(0.97, 2)
    const before = (early: string, late: string) =>
      shareOf('orders', (row) => row[early] !== '' && row[late] !== '' && row[early]! > row[late]!)
    expect(before('order_purchase_timestamp', 'order_approved_at')).toBe(0)
    const carrierFirst = before('order_approved_at', 'order_delivered_carrier_date')
    expect(carrierFirst).toBeGreaterThan(0.005)
    expect(carrierFirst).toBeLessThan(0.025)
    expect(before('order_purchase_timestamp', 'order_delivered_carrier_date')).toBeLessThan(0.005)
    expect(before('order_delivered_carrier_date', 'order_delivered_customer_date')).toBeLessThan(0.002)
    const late = shareOf(
      'orders',
      (row) => row.order_delivered_customer_date!.slice(0, 10) > row.order_estimated_delivery_date!.slice(0, 10),
    )
    expect(late).toBeGreaterThan(0.04)
    expect(late).toBeLessThan(0.1)
    expect(of('orders').every((row) => row.order_estimated_delivery_date!.endsWith(' 00:00:00'))).toBe(true)
  })

  test('grows over 26 months, rests at night and on Saturdays, and peaks on Black Friday', () => {
    const count = (pattern: RegExp) => of('orders').filter((row) => pattern.test(row.order_purchase_timestamp!)).length
    const days = of('orders').map((row) => row.order_purchase_timestamp!.slice(0, 10))
    expect(days.every((text) => text >= '2016-09-04' && text <= '2018-10-17')).toBe(true)
    expect(count(/^2017-01/)).toBeLessThan(count(/^2017-06/))
    expect(count(/^2017-06/)).toBeLessThan(count(/^2018-03/))
    expect(count(/ 0[2-5]:/)).toBeLessThan(count(/ 14:/))
    const weekday = (day: number) => days.filter((text) => new Date(text).getUTCDay() === day).length
    expect(weekday(6)).toBeLessThan(weekday(1))
    expect(count(/^2017-11-24/)).toBeGreaterThan(3 * count(/^2017-11-17/))
    const sorted = days.every((text, index) => index === 0 || days[index - 1]! <= text)
    expect(sorted).toBe(false)
  })

  test('pays items and freight, but for few orders; some have no items', () => {
    const cents = (text: string) => Math.round(Number(text) * 100)
    const due = new Map<string, number>()
    for (const { order_id: id, price, freight_value: freight } of of('order_items'))
      due.set(id!, (due.get(id!) ?? 0) + cents(price!) + cents(freight!))
    const paid = new Map<string, number>()
    for (const { order_id: id, payment_value: value } of of('order_payments'))
      paid.set(id!, (paid.get(id!) ?? 0) + cents(value!))
    const unlike = [...due].filter(([id, sum]) => paid.get(id) !== sum).length / due.size
    expect(unlike).toBeGreaterThan(0.003)
    expect(unlike).toBeLessThan(0.02)
    expect(1 - due.size / orderCount).toBeGreaterThan(0.005)
    expect(1 - due.size / orderCount).toBeLessThan(0.012)
    expect(shareOf('order_payments', (row) => row.payment_type === 'credit_card')).toBeCloseTo(0.74, 1)
    expect(shareOf('order_payments', (row) => row.payment_type === 'voucher')).toBeCloseTo(0.055, 1)
    expect(of('order_payments').some((row) => Number(row.payment_value) === 0)).toBe(true)
  })

  test('writes numbers and texts as the public extracts have them', () => {
    const bare = shareOf('products', (row) => row.product_category_name === '')
    expect(bare).toBeGreaterThan(0.01)
    expect(bare).toBeLessThan(0.03)
    const fields = ['product_category_name', 'product_name_lenght', 'product_description_lenght', 'product_photos_qty']
    for (const row of of('products')) expect(new Set(fields.map((field) => row[field] === '')).size).toBe(1)
    expect(shareOf('products', (row) => row.product_weight_g!.endsWith('.0'))).toBeGreaterThan(0.99)
    expect(of('customers').some((row) => row.customer_zip_code_prefix!.length === 4)).toBe(true)
    expect(of('customers').some((row) => row.customer_zip_code_prefix!.startsWith('0'))).toBe(true)
    expect(of('geolocation').some((row) => row.geolocation_city === 'são paulo')).toBe(true)
    expect(of('sellers').some((row) => /[^a-zà-ü' -]/.test(row.seller_city!))).toBe(true)
    const messages = of('order_reviews').map((row) => row.review_comment_message!)
    for (const mark of [/\n/, /\r\n/, /"/, /,/, /[ãçé]/, /\p{Emoji_Presentation}/u])
      expect(messages.some((message) => mark.test(message))).toBe(true)
    const quoted =
      text('orders')
        .split('\n')
        .filter((line) => line.startsWith('"')).length / orderCount
    expect(quoted).toBeCloseTo(0.5, 1)
    const named = new Set(of('category_translation').map((row) => row.product_category_name))
    const unknown = new Set(
      of('products')
        .map((row) => row.product_category_name!)
        .filter((name) => name && !named.has(name)),
    )
    expect(
      [...unknown].every((name) => ['pc_gamer', 'portateis_cozinha_e_preparadores_de_alimentos'].includes(name)),
    ).toBe(true)
  })

  test('has several points a zip prefix, and knows most prefixes of customers', () => {
    const full = (zip: string) => zip.padStart(5, '0')
    const prefixes = new Set(of('geolocation').map((row) => full(row.geolocation_zip_code_prefix!)))
    expect(of('geolocation').length / prefixes.size).toBeGreaterThan(3)
    const known = shareOf('customers', (row) => prefixes.has(full(row.customer_zip_code_prefix!)))
    expect(known).toBeGreaterThan(0.85)
    expect(known).toBeLessThan(1)
  })
})

describe('olist with planted defects', () => {
  test.each([1, 2, 3, 4])('counts what a reader of the contracts finds, seed %i', async (seed) => {
    const { tally, text } = await generate({ orders: 1200, seed, defects: 0.08 })
    for (const [name, table] of Object.entries(fileOf).map(([name]) => [name, builtIn.olist!.tables[name]!] as const)) {
      const { planted, ...counts } = tally[name]!
      const found = recount(table, text(name))
      expect({ name, ...counts }).toEqual({ name, ...found, kept: found.kept.length })
      expect(counts.rows).toBe(counts.kept + counts.duplicate + counts.quarantined + counts.blank)
      expect(Object.keys(planted).length).toBeGreaterThan(0)
    }
  })

  test('plants every kind, at about the rate asked for', async () => {
    const { tally } = await generate({ orders: 3000, seed: 5, defects: 0.1 })
    const kinds = new Set(Object.values(tally).flatMap(({ planted }) => Object.keys(planted)))
    expect([...kinds].sort()).toEqual(
      [
        ...['above_max', 'below_min', 'blank', 'cell_count', 'duplicate', 'not_a_number', 'not_a_timestamp'],
        ...['not_accepted', 'padding', 'required', 'truncated', 'version'],
      ].sort(),
    )
    const planted = Object.values(tally.orders!.planted).reduce((sum, count) => sum + count, 0)
    expect(planted / 3000).toBeCloseTo(0.1, 1)
    for (const { planted: each } of Object.values(tally)) expect(each.truncated ?? 0).toBeLessThanOrEqual(1)
  })

  test('lets the newer version of a key win, so that what stays is what the defect-free file holds', async () => {
    const clean = await generate({ orders: 1500, seed: 6 })
    const dirty = await generate({ orders: 1500, seed: 6, defects: 0.1 })
    for (const name of Object.keys(fileOf)) {
      const table = builtIn.olist!.tables[name]!
      const line = (row: Record<string, string>) => Object.values(row).join('|')
      const whole = new Set(recount(table, clean.text(name)).kept.map(line))
      const stays = recount(table, dirty.text(name)).kept.map(line)
      expect({ name, foreign: stays.filter((row) => !whole.has(row)) }).toEqual({ name, foreign: [] })
      expect(dirty.tally[name]!.planted.version ?? 0).toBeGreaterThanOrEqual(
        whole.size > 400 && name !== 'geolocation' ? 1 : 0,
      )
    }
  })
})
