import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import { readState } from '@droplake/pipeline/log'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { customers, dataFiles, onlyRun, openShop, orders, rows, shopFolder, temporaryFolder } from './shop.ts'

const threeMonths = [
  ['a', 'c1', '2024-01-05 10:00:00', '10.00'],
  ['b', 'c2', '2024-02-05 10:00:00', '20.00'],
  ['c', 'c1', '2024-03-05 10:00:00', '30.00'],
]
const who = [
  ['c1', 'BR'],
  ['c2', 'PT'],
]
const statuses = ({ models }: Report) =>
  Object.fromEntries(Object.entries(models).map(([name, { status }]) => [name, status]))
const pass = async (lake: Lake) => onlyRun(await runPending(lake, 'shop'))
const factLocations = async (lake: Lake) =>
  Object.fromEntries(
    Object.entries((await readState(lake.fx.store, 'shop')).models.fact_orders?.partitions ?? {}).map(
      ([value, { location }]) => [value, location],
    ),
  )

test('a run with nothing new is empty, writes no data file and rebuilds nothing', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  await drop(lake, { paths: [orders(path, 'orders.csv', threeMonths), customers(path, 'customers.csv', who)] })
  const before = await dataFiles(lake)
  const told = lake.alerts.length
  for (let n = 0; n < 2; n++) {
    const run = await pass(lake)
    expect(run.status).toBe('empty')
    expect(run.sources).toEqual([])
    expect(run.tables).toEqual({})
    expect(statuses(run)).toEqual({ dim_customer: 'unchanged', fact_orders: 'unchanged', mart_revenue: 'unchanged' })
    expect(run.models.fact_orders?.rows).toBe(3)
  }
  expect(await dataFiles(lake)).toEqual(before)
  expect(lake.alerts.length).toBe(told)
})

test('a changed SQL file rebuilds its model and what reads it, and the values follow', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const sql = join(path, 'sql')
  cpSync(shopFolder('sql'), sql, { recursive: true })
  await using lake = await openShop(path, { sqlFolders: [sql] })
  await drop(lake, { paths: [orders(path, 'orders.csv', threeMonths), customers(path, 'customers.csv', who)] })

  const file = join(sql, 'shop', 'fact_orders.sql')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(
      'select order_id, customer_id, ordered_at, amount,',
      'select order_id, customer_id, ordered_at, amount * 2 as amount,',
    ),
  )
  const run = await pass(lake)
  expect(run.status).toBe('published')
  expect(run.tables).toEqual({})
  expect(statuses(run)).toEqual({ dim_customer: 'unchanged', fact_orders: 'published', mart_revenue: 'published' })
  expect(await rows(lake, 'select month, revenue from shop_curated.mart_revenue order by month')).toEqual([
    ['2024-01', '20.00'],
    ['2024-02', '40.00'],
    ['2024-03', '60.00'],
  ])

  const mart = join(sql, 'shop', 'mart_revenue.sql')
  writeFileSync(mart, readFileSync(mart, 'utf8').replace('sum(amount)', 'max(amount)'))
  expect(statuses(await pass(lake))).toEqual({
    dim_customer: 'unchanged',
    fact_orders: 'unchanged',
    mart_revenue: 'published',
  })
  expect((await pass(lake)).status).toBe('empty')
})

test('a comment or another layout in a SQL file rebuilds nothing', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const sql = join(path, 'sql')
  cpSync(shopFolder('sql'), sql, { recursive: true })
  await using lake = await openShop(path, { sqlFolders: [sql] })
  await drop(lake, { paths: [orders(path, 'orders.csv', threeMonths)] })
  const file = join(sql, 'shop', 'dim_customer.sql')
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text
      .replace('select customer_id, country', '-- who\nselect\n  customer_id,\n  country')
      .replace('as last told', 'as told'),
  )
  expect((await pass(lake)).status).toBe('empty')
})

test('an incremental model writes touched partitions only, the others stay where they are', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  await drop(lake, { paths: [orders(path, 'orders.csv', threeMonths), customers(path, 'customers.csv', who)] })
  const before = await factLocations(lake)
  expect(Object.keys(before).sort()).toEqual(['2024-01', '2024-02', '2024-03'])

  await drop(lake, {
    paths: [
      orders(path, 'orders_2.csv', [
        ['d', 'c2', '2024-02-06 10:00:00', '5.00'],
        ['e', 'c2', '2024-04-06 10:00:00', '7.00'],
      ]),
    ],
  })
  const after = await factLocations(lake)
  expect(Object.keys(after).sort()).toEqual(['2024-01', '2024-02', '2024-03', '2024-04'])
  expect(after['2024-01']).toBe(before['2024-01'])
  expect(after['2024-03']).toBe(before['2024-03'])
  expect(after['2024-02']).not.toBe(before['2024-02'])
  expect(await rows(lake, 'select month, revenue from shop_curated.mart_revenue order by month')).toEqual([
    ['2024-01', '10.00'],
    ['2024-02', '25.00'],
    ['2024-03', '30.00'],
    ['2024-04', '7.00'],
  ])
})

test('an order that leaves a month rebuilds both months and no other', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  await drop(lake, { paths: [orders(path, 'orders.csv', threeMonths), customers(path, 'customers.csv', who)] })
  const before = await factLocations(lake)
  await drop(lake, { paths: [orders(path, 'orders_2.csv', [['a', 'c1', '2024-02-06 10:00:00', '10.00']])] })
  const after = await factLocations(lake)
  expect(Object.keys(after).sort()).toEqual(['2024-02', '2024-03'])
  expect(after['2024-03']).toBe(before['2024-03'])
  expect(after['2024-02']).not.toBe(before['2024-02'])
})
