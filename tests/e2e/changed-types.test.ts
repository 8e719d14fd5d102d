import { bigint, type Column, date, decimal, double, int, text, timestamp } from '@droplake/contracts/column'
import type { Columns, TableSpec } from '@droplake/contracts/table'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { problemsAtRest } from '../kill/examine.ts'
import { cleanedRows, csv, customers, type OpenLake, openShop, orders, rows, temporaryFolder } from './shop.ts'

/** Gives a table of the shop another contract, as an edited file would: the stored files stay what they are. */
function declare(lake: OpenLake, name: string, spec: Partial<TableSpec>): void {
  const { shop } = lake.fx.datasets
  const table = shop?.tables[name]
  if (!shop || !table) throw new Error(`no table ${name}`)
  lake.fx.datasets.shop = { ...shop, tables: { ...shop.tables, [name]: { ...table, ...spec } } }
}

const withColumn = (lake: OpenLake, name: string, column: Column): Columns => ({
  ...lake.fx.datasets.shop?.tables.orders?.columns,
  [name]: column,
})

const last = (runs: readonly Report[]) => runs.at(-1)
const amounts = (lake: OpenLake) =>
  rows(lake, 'select order_id, amount from shop_cleaned.orders order by order_id').then((found) =>
    Object.fromEntries(found),
  )

const first = (path: string) =>
  orders(path, 'orders-1.csv', [
    ['o1', 'c1', '2026-01-10 10:00:00', '1.99'],
    ['o2', 'c1', '2026-01-11 10:00:00', '20.50'],
    ['o3', 'c1', '2026-02-11 10:00:00', '300.00'],
  ])
const correction = (path: string) => orders(path, 'orders-2.csv', [['o1', 'c1', '2026-01-10 10:00:00', '2.5']])

test('money with more digits after the point is the same money, in files that are rewritten and in those that are not', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  await drop(lake, { paths: [first(folder.path)] })
  declare(lake, 'orders', { columns: withColumn(lake, 'amount', decimal(12, 3).required({ min: 0 })) })
  const { runs } = await drop(lake, { paths: [correction(folder.path)] })
  expect(last(runs)).toMatchObject({ status: 'published', tables: { orders: { kept: 1, replaced: 1, rowsTotal: 3 } } })
  expect(await amounts(lake)).toEqual({ o1: '2.500', o2: '20.500', o3: '300.000' })
  expect(await rows(lake, 'select sum(amount) from shop_enriched.orders')).toEqual([['323.000']])
  expect(await problemsAtRest(lake)).toEqual([])
})

test('money with fewer digits after the point is refused before anything is written: its table waits, the others go on', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  await drop(lake, { paths: [first(folder.path)] })
  const before = lake.fx.datasets.shop?.tables.orders?.columns ?? {}
  declare(lake, 'orders', { columns: withColumn(lake, 'amount', decimal(10, 1).required({ min: 0 })) })
  const { runs } = await drop(lake, {
    paths: [correction(folder.path), customers(folder.path, 'customers.csv', [['c1', 'BR']])],
  })
  const why =
    'orders: column amount is stored as decimal(10,2) and declared as decimal(10,1), which would lose digits; put the contract back, or rebuild the table into a fresh lake from raw/'
  expect(last(runs)?.error).toBe(why)
  expect(last(runs)?.sources).toMatchObject([
    { table: 'customers', outcome: 'taken' },
    { table: 'orders', outcome: 'deferred', error: why },
  ])
  expect(lake.alerts.some(({ text }) => text.includes('decimal(10,1)'))).toBe(true)
  expect(await amounts(lake)).toEqual({ o1: '1.99', o2: '20.50', o3: '300.00' })
  expect(await cleanedRows(lake, 'shop', 'customers')).toEqual(['["c1","BR"]'])

  for (let again = 0; again < 4; again++) await runPending(lake, 'shop')
  declare(lake, 'orders', { columns: before })
  expect(last(await runPending(lake, 'shop'))?.status).toBe('published')
  expect(await amounts(lake)).toEqual({ o1: '2.50', o2: '20.50', o3: '300.00' })
  expect(await problemsAtRest(lake)).toEqual([])
})

test.each<[string, Column, string]>([
  ['text that becomes a number', int.required(), 'column customer_id is stored as varchar and declared as integer'],
  ['a time that becomes a date', date.required(), 'column ordered_at is stored as timestamp and declared as date'],
])('%s is refused by name', async (_, column, why) => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  await drop(lake, { paths: [first(folder.path)] })
  const name = /column (\w+)/.exec(why)?.[1] ?? ''
  declare(lake, 'orders', { columns: withColumn(lake, name, column) })
  const { runs } = await drop(lake, { paths: [orders(folder.path, 'orders-2.csv', [['o9', '9', '2026-01-01', '1']])] })
  expect(last(runs)?.error).toContain(why)
  expect(last(runs)?.sources).toMatchObject([{ outcome: 'deferred' }])
  expect(Object.keys(await amounts(lake))).toEqual(['o1', 'o2', 'o3'])
})

test('rows that are divided by another column from now on are refused by name', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  await drop(lake, { paths: [first(folder.path)] })
  declare(lake, 'orders', { partition: { name: 'order_day', by: 'day', of: 'ordered_at' } })
  const { runs } = await drop(lake, { paths: [correction(folder.path)] })
  expect(last(runs)?.error).toContain('orders: its rows are divided by order_month by month of ordered_at')
  expect(await rows(lake, `select count(*) from shop_cleaned.orders where order_month = '2026-01'`)).toEqual([[2]])
})

test('a new optional column is null in rows that were there before, and a new required one leaves them to its rule', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  await drop(lake, { paths: [first(folder.path)] })
  declare(lake, 'orders', { columns: withColumn(lake, 'channel', text.optional()) })
  const file = (name: string, channel: string) =>
    csv(folder.path, name, 'order_id,customer_id,ordered_at,amount,channel', [
      ['o1', 'c1', '2026-01-10 10:00:00', '2.5', channel],
    ])
  const { runs } = await drop(lake, { paths: [file('orders-2.csv', 'web')] })
  expect(last(runs)).toMatchObject({ status: 'published', tables: { orders: { kept: 1, replaced: 1, rowsTotal: 3 } } })
  const channels = () => rows(lake, 'select order_id, channel from shop_cleaned.orders order by 1')
  expect(await channels()).toEqual([
    ['o1', 'web'],
    ['o2', null],
    ['o3', null],
  ])

  declare(lake, 'orders', { columns: withColumn(lake, 'channel', text.required()) })
  const required = last((await drop(lake, { paths: [file('orders-3.csv', 'shop')] })).runs)
  expect(required).toMatchObject({ status: 'held', tables: { orders: { kept: 1, replaced: 1, rowsTotal: 3 } } })
  expect(required?.quality.filter(({ status }) => status === 'fail')).toMatchObject([
    { rule: 'not_null(channel)', failing: 2 },
  ])
  expect(await channels()).toContainEqual(['o1', 'shop'])
  expect(await problemsAtRest(lake)).toEqual([])
})

/** A table with a number for its key, in enough rows for several buckets of each partition. */
const numbered = (key: Column<true>, value: Column): Partial<TableSpec> => ({
  columns: { order_id: key, customer_id: text.required(), ordered_at: timestamp.required(), amount: value },
})
const many = (path: string, name: string, amount: string) =>
  orders(
    path,
    name,
    Array.from({ length: 60 }, (_, n) => [n - 5, `c${n % 3}`, `2026-0${1 + (n % 2)}-10 10:00:00`, amount]),
  )

test.each<[string, Column<true>, Column<true>, Column, Column]>([
  ['int that becomes a bigint', int.required(), bigint.required(), int.optional(), bigint.optional()],
  [
    'int that becomes a double or a decimal',
    int.required(),
    decimal(14, 1).required(),
    int.optional(),
    double.optional(),
  ],
  [
    'decimal that gets more digits',
    decimal(9, 0).required(),
    decimal(12, 2).required(),
    int.optional(),
    int.optional(),
  ],
])('a key and a value of %s find the rows stored before', async (_, key, wider, value, widerValue) => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [], settings: { bucketRows: 16 } })
  declare(lake, 'orders', numbered(key, value))
  await drop(lake, { paths: [many(folder.path, 'orders-1.csv', '7')] })
  declare(lake, 'orders', numbered(wider, widerValue))
  const { runs } = await drop(lake, { paths: [many(folder.path, 'orders-2.csv', '8')] })
  expect(last(runs)?.tables.orders).toMatchObject({ kept: 60, duplicate: 0, replaced: 60, rowsTotal: 60 })
  expect(
    await rows(lake, 'select cast(sum(amount) as integer), count(distinct order_id) from shop_cleaned.orders'),
  ).toEqual([[480, 60]])
  // One more of a partition: the others are rows of before, under the new type.
  const one = orders(folder.path, 'orders-3.csv', [['0', 'c1', '2026-01-10 10:00:00', '9']])
  const again = await drop(lake, { paths: [one] })
  expect(last(again.runs)?.tables.orders).toMatchObject({ kept: 1, replaced: 1, rowsTotal: 60 })
  expect(await problemsAtRest(lake)).toEqual([])
})

test('a key that comes back with another month finds its row of before the type changed', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  declare(lake, 'orders', numbered(decimal(9, 0).required(), int.optional()))
  await drop(lake, { paths: [many(folder.path, 'orders-1.csv', '7')] })
  declare(lake, 'orders', numbered(decimal(10, 1).required(), int.optional()))
  const moved = orders(folder.path, 'orders-2.csv', [['3', 'c1', '2026-05-10 10:00:00', '9']])
  const { runs } = await drop(lake, { paths: [moved] })
  expect(last(runs)?.tables.orders).toMatchObject({ kept: 1, replaced: 1, rowsTotal: 60 })
  expect(await rows(lake, 'select amount, order_month from shop_cleaned.orders where order_id = 3')).toEqual([
    [9, '2026-05'],
  ])
})

test('rows that are alike in every column stay one row when the contract gains a column', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  declare(lake, 'customers', { dedupe: 'exact', key: [] })
  await drop(lake, { paths: [customers(folder.path, 'customers-1.csv', [['c1', 'BR']])] })
  declare(lake, 'customers', {
    columns: { ...lake.fx.datasets.shop?.tables.customers?.columns, city: text.optional() },
  })
  const file = customers(folder.path, 'customers-2.csv', [
    ['c1', 'BR'],
    ['c2', 'PT'],
  ])
  const { runs } = await drop(lake, { paths: [file] })
  expect(last(runs)?.tables.customers).toMatchObject({ kept: 1, duplicate: 1, rowsTotal: 2 })
})

test('a date that becomes a time is its midnight, and a column that the contract drops is not read', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  const file = (name: string, id: string) =>
    csv(folder.path, name, 'customer_id,country,since', [
      ['c1', 'BR', '2026-03-04'],
      [id, 'PT', '2026-03-05'],
    ])
  declare(lake, 'customers', {
    columns: { customer_id: text.required(), country: text.optional(), since: date.optional() },
  })
  await drop(lake, { paths: [file('customers-1.csv', 'c2')] })
  declare(lake, 'customers', {
    columns: { customer_id: text.required(), country: text.optional(), since: timestamp.optional() },
  })
  await drop(lake, { paths: [file('customers-2.csv', 'c3')] })
  expect(await cleanedRows(lake, 'shop', 'customers')).toEqual([
    '["c1","BR","2026-03-04T00:00:00.000Z"]',
    '["c2","PT","2026-03-05T00:00:00.000Z"]',
    '["c3","PT","2026-03-05T00:00:00.000Z"]',
  ])
  declare(lake, 'customers', { columns: { customer_id: text.required(), country: text.optional() } })
  const { runs } = await drop(lake, { paths: [customers(folder.path, 'customers-3.csv', [['c1', 'ES']])] })
  expect(last(runs)?.status).toBe('published')
  expect(await cleanedRows(lake, 'shop', 'customers')).toEqual(['["c1","ES"]', '["c2","PT"]', '["c3","PT"]'])
})
