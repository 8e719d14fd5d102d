import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { generators } from '@droplake/generator/registry'
import { folderSink } from '@droplake/generator/sink'
import { parseTiny } from '@droplake/generator/testing/tiny-csv'
import { drop } from '@droplake/local/drop'
import { quarantineGroups } from '@droplake/local/quarantine'
import type { Report } from '@droplake/pipeline/report'
import { afterAll, expect, type TestContext, test } from 'vitest'
import { openOlist, row, saved } from '../e2e/olist.ts'
import { cleanedRows, publicRows, temporaryFolder } from '../e2e/shop.ts'
import {
  columnsReversed,
  crlfInCells,
  cutOff,
  dayFirst,
  latin1,
  mangledHeader,
  mapCells,
  monthFirst,
  withCommas,
} from '../e2e/spreadsheet.ts'

function realFiles(context: TestContext, folder: string): string {
  const root = process.env.DROPLAKE_REAL_DATA
  if (!root) return context.skip('DROPLAKE_REAL_DATA is not set: it names the folder that holds olist-15k')
  return join(root, folder)
}

const orderTimes = [
  'order_purchase_timestamp',
  'order_approved_at',
  'order_delivered_carrier_date',
  'order_delivered_customer_date',
  'order_estimated_delivery_date',
]

/** A folder of the same files as a spreadsheet and a broken upload leave them; `lost` is the payment that was cut off. */
function damaged(from: string, to: string): { lost: string[] } {
  mkdirSync(to)
  const text = (name: string) => readFileSync(join(from, name), 'utf8')
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(to, name), content)
  for (const name of readdirSync(from)) cpSync(join(from, name), join(to, basename(name)))
  write('olist_orders_dataset.csv', mapCells(text('olist_orders_dataset.csv'), orderTimes, dayFirst))
  write(
    'olist_order_items_dataset.csv',
    mapCells(text('olist_order_items_dataset.csv'), ['shipping_limit_date'], monthFirst),
  )
  write('olist_customers_dataset.csv', mangledHeader(text('olist_customers_dataset.csv')))
  write('olist_geolocation_dataset.csv', latin1(text('olist_geolocation_dataset.csv')))
  write('olist_products_dataset.csv', withCommas(text('olist_products_dataset.csv'), 95_961))
  write('olist_order_reviews_dataset.csv', crlfInCells(text('olist_order_reviews_dataset.csv')))
  write('olist_sellers_dataset.csv', columnsReversed(text('olist_sellers_dataset.csv')))
  const payments = cutOff(text('olist_order_payments_dataset.csv'))
  write('olist_order_payments_dataset.csv', payments.text)
  return { lost: payments.lost }
}

const counts = ({ tables }: Report, name: string) => {
  const { rowsIn = -1, kept = -1, duplicate = -1, quarantined = -1, blank = -1 } = tables[name] ?? {}
  return { rowsIn, kept, duplicate, quarantined, blank }
}
const clean = (rows: number) => ({ rowsIn: rows, kept: rows, duplicate: 0, quarantined: 0, blank: 0 })

const rowsOf = {
  customers: 15_000,
  orders: 15_000,
  order_items: 17_071,
  order_payments: 15_733,
  order_reviews: 14_944,
  products: 9_255,
  sellers: 1_904,
  category_translation: 71,
}
const revenue = 'select sum(gross_revenue), sum(revenue) from olist_curated.mart_category_performance'
const payments = 'select sum(payment_value), count(*) from olist_curated.fact_payments'

const folder = temporaryFolder()
let opened: ReturnType<typeof openExtract> | undefined
afterAll(async () => {
  await (await opened)?.lake.close()
  folder[Symbol.dispose]()
})

async function openExtract(from: string) {
  const lake = await openOlist(folder.path, { workers: 2 })
  const [run] = (await drop(lake, { paths: [from] })).runs
  if (!run) throw new Error('the drop started no run')
  return { from, lake, run, whole: await publicRows(lake, 'olist') }
}

/** The extract in a lake, for all tests that look at it. */
function extract(context: TestContext) {
  opened ??= openExtract(realFiles(context, 'olist-15k'))
  return opened
}

test('every row of the public extract is kept, but for the exact repeats', { timeout: 120_000 }, async (context) => {
  const { run } = await extract(context)
  expect(run.status).toBe('published')
  for (const [name, rows] of Object.entries(rowsOf)) expect(counts(run, name), name).toEqual(clean(rows))
  expect(counts(run, 'geolocation')).toEqual({ ...clean(50_000), kept: 48_152, duplicate: 1_848 })
})

test('the figures of the public extract come out of curated', { timeout: 120_000 }, async (context) => {
  const { lake } = await extract(context)
  const statuses = `select count_if(order_status = 'delivered'), count_if(order_status = 'canceled') from olist_curated.fact_orders`
  expect(await row(lake, statuses)).toEqual([14_552, 113])
  expect(await row(lake, revenue)).toEqual(['2030270.94', '2016982.65'])
  const items = 'select sum(price), sum(freight_value), count(*) from olist_curated.fact_order_items'
  expect(await row(lake, items)).toEqual(['2030270.94', '340292.67', 17_071])
  const sums =
    'select sum(items_value), sum(freight_value), sum(payment_value), count(*) from olist_curated.fact_orders'
  expect(await row(lake, sums)).toEqual(['2030270.94', '340292.67', '2397904.56', 15_000])
  expect(await row(lake, payments)).toEqual(['2397904.56', 15_733])
  const persons = 'select count(*), count_if(orders > 1) from olist_curated.dim_person'
  expect(await row(lake, persons)).toEqual([14_904, 93])
  expect((await saved(lake, 'top-categories-by-revenue')).slice(0, 3)).toEqual([
    ['beleza_saude', '190205.60'],
    ['relogios_presentes', '179635.99'],
    ['esporte_lazer', '151060.04'],
  ])
})

test('a clickstream over the real files comes out as the generator counted it', {
  timeout: 120_000,
}, async (context) => {
  const { lake, from } = await extract(context)
  const clicks = join(folder.path, 'clicks')
  // Sessions that lead to one in fifty of the orders.
  const options = { from, seed: 7, linkRate: 0.02, defects: 0.05 }
  const tally = (await generators.clickstream!.write(folderSink(clicks), options)).olist_clickstream_events!
  const [run] = (await drop(lake, { paths: [clicks] })).runs
  const { rows: rowsIn, kept, duplicate, quarantined, blank } = tally
  expect(counts(run!, 'olist_clickstream_events')).toEqual({ rowsIn, kept, duplicate, quarantined, blank })
  expect(await row(lake, 'select count(*) from olist_curated.fact_events')).toEqual([kept])
  const bought = `select count(distinct session_id) from olist_curated.fact_events where event_type = 'purchase'`
  const funnel = new Map((await saved(lake, 'funnel-analysis')).map(([type, count]) => [type, count]))
  expect([funnel.get('purchase')]).toEqual(await row(lake, bought))
  const sources = (await saved(lake, 'conversion-by-traffic-source')).map(([, total]) => Number(total))
  const bySource = "select count(distinct (session_id, coalesce(traffic_source, ''))) from olist_curated.fact_events"
  expect([sources.reduce((a, b) => a + b, 0)]).toEqual(await row(lake, bySource))
})

test('a spreadsheet’s copy gives the same tables, and what was lost is counted', {
  timeout: 120_000,
}, async (context) => {
  const { from, whole } = await extract(context)
  const copy = join(folder.path, 'spreadsheet')
  const { lost } = damaged(from, copy)
  const lake = await openOlist(join(folder.path, 'second'), { workers: 2 })
  const [run] = (await drop(lake, { paths: [copy] })).runs
  if (!run) throw new Error('the drop started no run')

  expect(run.sources.filter(({ outcome }) => outcome !== 'taken')).toEqual([])
  for (const name of [
    'customers',
    'orders',
    'order_items',
    'order_reviews',
    'sellers',
    'category_translation',
  ] as const)
    expect(counts(run, name), name).toEqual(clean(rowsOf[name]))
  expect(counts(run, 'geolocation')).toEqual({ ...clean(50_000), kept: 48_152, duplicate: 1_848 })
  expect(counts(run, 'products')).toEqual({ ...clean(9_255), rowsIn: 9_255 + 95_961, blank: 95_961 })
  expect(counts(run, 'order_payments')).toEqual({ ...clean(15_733), kept: 15_732, quarantined: 1 })
  const rejected = (await quarantineGroups(lake, 'olist')).map(({ table, reason, count }) => ({ table, reason, count }))
  expect(rejected).toEqual([{ table: 'order_payments', reason: 'truncated', count: 1 }])

  const [order = '', , , , value = ''] = lost
  const others = (rows: string[] = []) => rows.filter((each) => !each.includes(order))
  const tables = await publicRows(lake, 'olist')
  const paid = ['fact_payments', 'fact_orders']
  for (const name of Object.keys(whole))
    if (!paid.includes(name) && name !== 'fact_events') expect(tables[name], name).toEqual(whole[name])
  for (const name of paid) expect(others(tables[name]), name).toEqual(others(whole[name]))
  const { lake: first } = await extract(context)
  for (const name of ['order_items', 'geolocation', 'sellers', 'products'])
    expect(await cleanedRows(lake, 'olist', name), name).toEqual(await cleanedRows(first, 'olist', name))
  const cents = 239_790_456 - Math.round(Number(value) * 100)
  expect(await row(lake, payments)).toEqual([(cents / 100).toFixed(2), 15_732])
  expect(await row(lake, revenue)).toEqual(['2030270.94', '2016982.65'])
  await lake.close()
})

test('tables that are there complete come in to the last row', { timeout: 120_000 }, async (context) => {
  const from = realFiles(context, 'olist-full-tables')
  using own = temporaryFolder()
  const lake = await openOlist(own.path, { workers: 2 })
  const { objects, runs } = await drop(lake, { paths: [from] })
  expect(objects.map(({ outcome }) => outcome)).toEqual(['admitted', 'admitted', 'admitted', 'admitted'])
  const full = { order_payments: 103_886, products: 32_951, sellers: 3_095, category_translation: 71 }
  for (const [name, rows] of Object.entries(full)) expect(counts(runs[0]!, name), name).toEqual(clean(rows))
  expect(await row(lake, 'select count(*) from olist_curated.dim_product')).toEqual([32_951])
  expect(await row(lake, 'select count(*) from olist_curated.fact_payments')).toEqual([103_886])
  const cents = parseTiny(readFileSync(join(from, 'olist_order_payments_dataset.csv'), 'utf8')).records.reduce(
    (sum, [, , , , value]) => sum + Math.round(Number(value) * 100),
    0,
  )
  expect(await row(lake, 'select sum(payment_value) from olist_curated.fact_payments')).toEqual([
    (cents / 100).toFixed(2),
  ])
  await lake.close()
})
