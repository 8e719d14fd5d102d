import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { noModels, openOlist } from './olist.ts'
import { cleanedRows, csv, customers, onlyRun, openShop, orders, rows, temporaryFolder } from './shop.ts'

const dropped = async (lake: Lake, ...paths: string[]) => onlyRun((await drop(lake, { paths })).runs)
const counts = (run: Report, table: string) => {
  const { kept, duplicate, replaced, rowsTotal } = run.tables[table]!
  return { kept, duplicate, replaced, rowsTotal }
}
const facts = (lake: Lake) =>
  rows(lake, 'select order_id, amount, country, order_month from shop_curated.fact_orders order by order_id')
const months = (lake: Lake) => rows(lake, 'select month, orders, revenue from shop_curated.mart_revenue order by month')

test('an order that comes again replaces the one in a partition written before, and the models follow', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  const january = [
    ['a', 'c1', '2024-01-05 10:00:00', '10.00'],
    ['b', 'c1', '2024-01-06 10:00:00', '20.00'],
  ]
  const february = [['c', 'c2', '2024-02-05 10:00:00', '30.00']]
  const who = customers(path, 'customers.csv', [
    ['c1', 'BR'],
    ['c2', 'PT'],
  ])
  await dropped(lake, orders(path, 'orders_1.csv', [...january, ...february]), who)

  const run = await dropped(lake, orders(path, 'orders_2.csv', [['b', 'c1', '2024-01-06 10:00:00', '25.50']]))
  expect(counts(run, 'orders')).toEqual({ kept: 1, duplicate: 0, replaced: 1, rowsTotal: 3 })
  expect(await facts(lake)).toEqual([
    ['a', '10.00', 'BR', '2024-01'],
    ['b', '25.50', 'BR', '2024-01'],
    ['c', '30.00', 'PT', '2024-02'],
  ])
  expect(await months(lake)).toEqual([
    ['2024-01', 2, '35.50'],
    ['2024-02', 1, '30.00'],
  ])
})

test('an order whose month was corrected moves: the old month loses it, and nothing is counted twice', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  const first = [
    ['a', 'c1', '2024-01-31 23:59:59', '10.00'],
    ['b', 'c1', '2024-01-06 10:00:00', '20.00'],
    ['c', 'c1', '2024-03-06 10:00:00', '40.00'],
  ]
  await dropped(lake, orders(path, 'orders_1.csv', first), customers(path, 'customers.csv', [['c1', 'BR']]))

  const moved = await dropped(lake, orders(path, 'orders_2.csv', [['a', 'c1', '2024-02-01 00:00:00', '11.00']]))
  expect(counts(moved, 'orders')).toEqual({ kept: 1, duplicate: 0, replaced: 1, rowsTotal: 3 })
  expect(await months(lake)).toEqual([
    ['2024-01', 1, '20.00'],
    ['2024-02', 1, '11.00'],
    ['2024-03', 1, '40.00'],
  ])

  const emptied = await dropped(lake, orders(path, 'orders_3.csv', [['c', 'c1', '2024-02-02 00:00:00', '41.00']]))
  expect(counts(emptied, 'orders')).toEqual({ kept: 1, duplicate: 0, replaced: 1, rowsTotal: 3 })
  expect(await months(lake)).toEqual([
    ['2024-01', 1, '20.00'],
    ['2024-02', 2, '52.00'],
  ])
  expect(await facts(lake)).toEqual([
    ['a', '11.00', 'BR', '2024-02'],
    ['b', '20.00', 'BR', '2024-01'],
    ['c', '41.00', 'BR', '2024-02'],
  ])
})

test('within one drop the later file wins, whatever months its rows are in', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  const one = orders(path, 'orders_1.csv', [
    ['a', 'c', '2024-01-01 00:00:00', '1'],
    ['b', 'c', '2024-01-01 00:00:00', '2'],
  ])
  const two = orders(path, 'orders_2.csv', [['a', 'c', '2024-05-01 00:00:00', '3']])
  const run = await dropped(lake, one, two)
  expect(counts(run, 'orders')).toEqual({ kept: 2, duplicate: 1, replaced: 0, rowsTotal: 2 })
  expect(await months(lake)).toEqual([
    ['2024-01', 1, '2.00'],
    ['2024-05', 1, '3.00'],
  ])
})

test('a customer who comes again changes every order’s country', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  const paths = [
    orders(path, 'orders.csv', [
      ['a', 'c', '2024-01-01 00:00:00', '1'],
      ['b', 'c', '2024-02-01 00:00:00', '2'],
    ]),
    customers(path, 'customers.csv', [['c', 'BR']]),
  ]
  await dropped(lake, ...paths)
  const run = await dropped(lake, customers(path, 'customers_2.csv', [['c', 'PT']]))
  expect(Object.keys(run.tables)).toEqual(['customers'])
  expect((await facts(lake)).map(([order, , country]) => [order, country])).toEqual([
    ['a', 'PT'],
    ['b', 'PT'],
  ])
  expect(await rows(lake, 'select customer_id, country from shop_curated.dim_customer')).toEqual([['c', 'PT']])
})

test('the same bytes again are a duplicate under any name and rebuild nothing, unless they are forced', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  const file = orders(path, 'orders.csv', [
    ['a', 'c', '2024-01-01 00:00:00', '1'],
    ['b', 'c', '2024-02-01 00:00:00', '2'],
  ])
  await dropped(lake, file)
  const other = join(path, 'orders_copy.csv')
  copyFileSync(file, other)
  for (const again of [file, other]) {
    const { objects, runs } = await drop(lake, { paths: [again] })
    expect(objects.map(({ outcome }) => outcome)).toEqual(['duplicate'])
    const run = onlyRun(runs)
    expect(run.status).toBe('empty')
    expect(run.sources.map(({ outcome }) => outcome)).toEqual(['duplicate'])
    expect(run.tables).toEqual({})
    expect(Object.values(run.models).map(({ status }) => status)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  }
  const forced = await drop(lake, { paths: [file], force: true })
  expect(forced.objects.map(({ outcome }) => outcome)).toEqual(['admitted'])
  const run = onlyRun(forced.runs)
  expect(run.status).toBe('published')
  expect(counts(run, 'orders')).toEqual({ kept: 2, duplicate: 0, replaced: 2, rowsTotal: 2 })
})

test('clicks keep the first delivery of an event, also when it is told otherwise later', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openOlist(path, { sqlFolders: noModels(path) })
  const clicks = (name: string, events: [id: string, type: string, at: string][]) =>
    csv(
      path,
      `olist_clickstream_events_${name}.csv`,
      'event_id,session_id,customer_id,event_type,event_ts,product_id,order_id,device_type,traffic_source,is_authenticated,customer_city,customer_state',
      events.map(([id, type, at]) => [id, 's', '', type, at, '', '', 'mobile', 'direct', 0, '', '']),
    )
  const table = 'olist_clickstream_events'
  const kept = () =>
    rows(lake, `select event_id, event_type, event_month from olist_cleaned.${table} order by event_id`)
  const twice: [string, string, string][] = [
    ['e1', 'page_view', '2018-01-01 00:00:00'],
    ['e1', 'checkout', '2018-02-01 00:00:00'],
    ['e2', 'page_view', '2018-01-01 00:00:00'],
  ]
  const first = await dropped(lake, clicks('1', twice))
  expect(counts(first, table)).toEqual({ kept: 2, duplicate: 1, replaced: 0, rowsTotal: 2 })
  const again: [string, string, string][] = [
    ['e1', 'purchase', '2018-03-01 00:00:00'],
    ['e2', 'purchase', '2018-01-01 00:00:00'],
    ['e3', 'page_view', '2018-03-01 00:00:00'],
  ]
  const later = await dropped(lake, clicks('2', again))
  expect(counts(later, table)).toEqual({ kept: 1, duplicate: 2, replaced: 0, rowsTotal: 3 })
  expect(await kept()).toEqual([
    ['e1', 'page_view', '2018-01'],
    ['e2', 'page_view', '2018-01'],
    ['e3', 'page_view', '2018-03'],
  ])
})

test('geolocation drops exact repeats only, within a file and against what is stored', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openOlist(path, { sqlFolders: noModels(path) })
  const points = (name: string, all: readonly (readonly unknown[])[]) =>
    csv(
      path,
      `olist_geolocation_dataset${name}.csv`,
      'geolocation_zip_code_prefix,geolocation_lat,geolocation_lng,geolocation_city,geolocation_state',
      all,
    )
  const here = ['01037', '-23.54', '-46.63', 'sao paulo', 'SP']
  const first = await dropped(lake, points('', [here, here, here.with(3, 'são paulo'), here]))
  expect(counts(first, 'geolocation')).toEqual({ kept: 2, duplicate: 2, replaced: 0, rowsTotal: 2 })
  // The same point as a spreadsheet writes it: no leading zero, other capitals, a zero more.
  const same = ['1037', '-23.540', '-46.63', 'SAO PAULO', 'SP']
  const second = await dropped(lake, points('_2', [same, here.with(1, '-23.55')]))
  expect(counts(second, 'geolocation')).toEqual({ kept: 1, duplicate: 1, replaced: 0, rowsTotal: 3 })
  expect(await cleanedRows(lake, 'olist', 'geolocation')).toHaveLength(3)
})

test('the sums hold over any history of drops', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path, { settings: { bucketRows: 4 } })
  let total = 0
  for (let n = 0; n < 6; n++) {
    const own = Array.from({ length: 5 + n }, (_, i) => {
      const order = (i * (n + 1)) % 9
      return [`o${order}`, 'c', `2024-0${1 + ((i + n) % 4)}-01 00:00:00`, order === 8 ? '-1' : `${n}.${i}`]
    })
    const run = await dropped(lake, orders(path, `orders_${n}.csv`, [...own, ['', '', '', '']]))
    const { rowsIn, kept, duplicate, quarantined, blank, replaced, rowsTotal } = run.tables.orders!
    expect(rowsIn).toBe(own.length + 1)
    expect(blank).toBe(1)
    expect(quarantined).toBe(own.filter(([, , , amount]) => amount === '-1').length)
    expect(rowsIn).toBe(kept + duplicate + quarantined + blank)
    expect(rowsTotal).toBe(total + kept - replaced)
    total = rowsTotal
    expect(await rows(lake, 'select count(*), count(distinct order_id) from shop_cleaned.orders')).toEqual([
      [total, total],
    ])
    expect(await rows(lake, 'select sum(orders) from shop_curated.mart_revenue')).toEqual([[total]])
  }
})
