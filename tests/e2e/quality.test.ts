import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import { quarantineGroups } from '@droplake/local/quarantine'
import { runPending } from '@droplake/local/run'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { csv, customers, type OpenLake, onlyRun, openShop, orders, rows, temporaryFolder } from './shop.ts'

const contracts = join(import.meta.dirname, 'strict', 'contracts')
const openStrict = (path: string) => openShop(path, { datasetFolders: [contracts] })

const dropped = async (lake: OpenLake, ...paths: string[]) => onlyRun((await drop(lake, { paths })).runs)
const statuses = ({ models }: Report) =>
  Object.fromEntries(Object.entries(models).map(([name, { status }]) => [name, status]))
const kinds = ({ alerts }: OpenLake) => alerts.splice(0).map(({ attributes }) => attributes.kind)
const failing = ({ quality }: Report) =>
  quality
    .filter(({ status }) => status === 'fail')
    .map(({ table, rule, severity, failing: n }) => [table, rule, severity, n])
const months = (lake: OpenLake) => rows(lake, 'select month, revenue from shop_curated.mart_revenue order by month')
const dims = (lake: OpenLake) => rows(lake, 'select customer_id, country from shop_curated.dim_customer order by 1')

test('a failed error rule holds what depends on it, until mended data comes', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  await dropped(
    lake,
    orders(path, 'orders_1.csv', [['a', 'c1', '2024-01-01 00:00:00', '10']]),
    customers(path, 'customers_1.csv', [['c1', 'BR']]),
  )
  expect(kinds(lake)).toEqual(['published'])

  const absurd = orders(path, 'orders_2.csv', [
    ['b', 'c2', '2024-01-02 00:00:00', '5000'],
    ['c', 'c2', '2024-02-02 00:00:00', '20'],
  ])
  const held = await dropped(lake, absurd, customers(path, 'customers_2.csv', [['c2', 'PT']]))
  expect(held.status).toBe('held')
  expect(failing(held)).toEqual([['orders', 'amount_is_below_a_thousand', 'error', 1]])
  expect(statuses(held)).toEqual({ dim_customer: 'published', fact_orders: 'held', mart_revenue: 'held' })
  expect(held.tables.orders?.rowsTotal).toBe(3)
  expect(await months(lake)).toEqual([['2024-01', '10.00']])
  expect(await dims(lake)).toEqual([
    ['c1', 'BR'],
    ['c2', 'PT'],
  ])
  const [alert] = lake.alerts.filter(({ attributes }) => attributes.kind === 'held')
  expect(alert?.attributes).toMatchObject({ dataset: 'shop', status: 'held', severity: 'warning', run: held.runId })
  expect(alert?.text).toContain('amount_is_below_a_thousand fails for 1 row')
  expect(kinds(lake)).toEqual(['held'])

  const stillHeld = onlyRun(await runPending(lake, 'shop'))
  expect(stillHeld.status).toBe('held')
  expect(await months(lake)).toEqual([['2024-01', '10.00']])
  lake.alerts.splice(0)

  const mended = await dropped(lake, orders(path, 'orders_3.csv', [['b', 'c2', '2024-01-02 00:00:00', '50']]))
  expect(mended.status).toBe('published')
  expect(failing(mended)).toEqual([])
  expect(await months(lake)).toEqual([
    ['2024-01', '60.00'],
    ['2024-02', '20.00'],
  ])
  expect(kinds(lake)).toEqual(['published'])
})

test('a failed warning is told and holds nothing', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  const run = await dropped(
    lake,
    orders(path, 'orders.csv', [
      ['a', 'c', '1999-01-01 00:00:00', '1'],
      ['b', 'c', '2001-01-01 00:00:00', '1'],
    ]),
  )
  expect(run.status).toBe('published')
  expect(failing(run)).toEqual([['orders', 'ordered_this_century', 'warn', 1]])
  expect(lake.alerts[0]?.text).toContain('warn: orders: ordered_this_century fails for 1 row')
})

test('values out of range, not accepted or missing are quarantined by reason and column, never published', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  const good = Array.from({ length: 8 }, (_, n) => [`o${n}`, 'c1', '2024-01-01 00:00:00', '1'])
  const bad = [
    ['x1', 'c1', '2024-01-01 00:00:00', '-0.01'],
    ['x2', 'c1', '2024-01-01 00:00:00', '100000.01'],
    ['x3', '', '2024-01-01 00:00:00', '1'],
    ['x4', 'c1', '', '1'],
    ['x5', 'c1', 'soon', '1'],
    ['x6', 'c1', '2024-01-01 00:00:00', 'much'],
    ['x7', 'c1', '2024-01-01 00:00:00', '1', 'more'],
  ]
  const who = [
    ['c1', 'BR'],
    ['c2', 'XX'],
    ['c3', ''],
  ]
  const run = await dropped(lake, orders(path, 'orders.csv', [...good, ...bad]), customers(path, 'customers.csv', who))
  expect(run.tables.orders).toMatchObject({ rowsIn: 15, kept: 8, quarantined: 7 })
  expect(run.tables.customers).toMatchObject({ rowsIn: 3, kept: 2, quarantined: 1 })
  const groups = (await quarantineGroups(lake, 'shop')).map(({ table, reason, column, count }) => [
    table,
    reason,
    column,
    count,
  ])
  expect(groups.sort()).toEqual(
    [
      ['customers', 'not_accepted', 'country', 1],
      ['orders', 'above_max', 'amount', 1],
      ['orders', 'below_min', 'amount', 1],
      ['orders', 'cell_count', null, 1],
      ['orders', 'not_a_number', 'amount', 1],
      ['orders', 'not_a_timestamp', 'ordered_at', 1],
      ['orders', 'required', 'customer_id', 1],
      ['orders', 'required', 'ordered_at', 1],
    ].sort(),
  )
  expect(await rows(lake, `select count(*) from shop_curated.fact_orders where order_id like 'x%'`)).toEqual([[0]])
})

test('many rejected rows raise an alert, a few do not', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  const some = (bad: number) =>
    Array.from({ length: 10 }, (_, n) => [`${bad}-${n}`, 'c', '2024-01-01 00:00:00', n < bad ? '-1' : '1'])
  await dropped(lake, orders(path, 'orders_1.csv', some(2)))
  expect(kinds(lake)).toEqual(['published'])
  const run = await dropped(lake, orders(path, 'orders_2.csv', some(3)))
  const [alert] = lake.alerts.filter(({ attributes }) => attributes.kind === 'quarantine')
  expect(alert?.text).toContain('3 of 10 rows of orders are in quarantine')
  expect(alert?.attributes).toMatchObject({ dataset: 'shop', severity: 'warning', run: run.runId })
  expect(kinds(lake)).toEqual(['published', 'quarantine'])
})

test('a file that no contract knows is told of and stops nothing', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  const unknown = csv(path, 'invoices.csv', 'a,b', [['1', '2']])
  const { objects, runs } = await drop(lake, {
    paths: [unknown, orders(path, 'orders.csv', [['a', 'c', '2024-01-01 00:00:00', '1']])],
  })
  expect(objects.map(({ key, outcome }) => [key.split('/').at(-1), outcome])).toEqual([
    ['invoices.csv', 'unroutable'],
    ['orders.csv', 'admitted'],
  ])
  expect(onlyRun(runs).status).toBe('published')
  const [alert] = lake.alerts.filter(({ attributes }) => attributes.kind === 'unroutable')
  expect(alert?.subject).toContain('invoices.csv')
  expect(alert?.attributes.severity).toBe('warning')
})

test('alerts carry no cell of a file, whatever is wrong with it', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openStrict(path)
  const secret = 'Ana Maria Secreta'
  const paths = [
    orders(path, 'orders_1.csv', [
      ['a', secret, '2024-01-01 00:00:00', '5000'],
      ['b', secret, secret, '1'],
      ['c', secret, '2024-01-01 00:00:00', '-1'],
    ]),
    customers(path, 'customers_1.csv', [
      [secret, secret],
      [secret, 'BR', secret],
    ]),
    // No header, and not the contract's columns: a line of cells is what the reader has in hand.
    csv(path, 'customers_2.csv', `${secret},BR,1`, [[secret, 'PT', '2']]),
    csv(path, 'orders_2.csv', `"${secret}`, [[secret]]),
  ]
  mkdirSync(join(lake.folder, 'raw', 'shop'), { recursive: true })
  writeFileSync(join(lake.folder, 'raw', 'shop', 'orders_3.csv.gz'), `${secret}, no archive`)
  await drop(lake, { paths })
  await runPending(lake, 'shop')
  expect(new Set(lake.alerts.map(({ attributes }) => attributes.kind))).toEqual(
    new Set(['held', 'quarantine', 'set_aside']),
  )
  expect(lake.alerts.filter((alert) => JSON.stringify(alert).includes('Secreta'))).toEqual([])
})
