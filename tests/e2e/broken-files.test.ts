import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readStatus } from '@droplake/cli/read-status'
import { exitCodeOf } from '@droplake/cli/show-drop'
import { withNames } from '@droplake/cli/table-names'
import { faultsOf } from '@droplake/contracts/dataset'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { sweep } from '@droplake/local/sweep'
import { readState } from '@droplake/pipeline/log'
import { needsRun, workable } from '@droplake/pipeline/needs-run'
import type { Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { customers, type OpenLake, onlyRun, openShop, orders, rows, shopFolder, temporaryFolder } from './shop.ts'

/** The shop's contracts and SQL files, in a folder of their own for each way in which they are changed: modules are loaded once. */
function checkout(path: string) {
  const modules = join(path, 'node_modules')
  mkdirSync(modules)
  symlinkSync(join(import.meta.dirname, '../../node_modules/@droplake'), join(modules, '@droplake'))
  let copies = 0
  return (kind: 'contracts' | 'sql', file: string, change: (text: string) => string) => {
    const folder = join(path, `${kind}-${copies++}`)
    cpSync(shopFolder(kind), folder, { recursive: true })
    const changed = join(folder, 'shop', file)
    writeFileSync(changed, change(readFileSync(changed, 'utf8')))
    return folder
  }
}

const statuses = ({ models }: Report) =>
  Object.fromEntries(Object.entries(models).map(([name, { status }]) => [name, status]))
const count = async (lake: OpenLake, table: string) => (await rows(lake, `select count(*) from ${table}`))[0]?.[0]
const days = (lake: OpenLake) => rows(lake, 'select month, orders from shop_curated.mart_revenue order by month')

test('a contract that cannot be loaded takes its own table out of service, and loses nothing of it', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  const first = orders(path, 'orders_1.csv', [['a', 'c1', '2024-01-01 00:00:00', '10']])
  {
    await using lake = await openShop(path)
    const { runs } = await drop(lake, { paths: [first, customers(path, 'customers_1.csv', [['c1', 'BR']])] })
    expect(onlyRun(runs).status).toBe('published')
  }
  const broken = changed('contracts', 'customers.ts', (text) => text.replace('files:', 'fils:'))
  {
    await using lake = await openShop(path, { datasetFolders: [broken] })
    expect(faultsOf(lake.fx.datasets)).toEqual([
      {
        dataset: 'shop',
        table: 'customers',
        message: `${broken}/shop/customers.ts:6: unknown option "fils"; did you mean "files"?`,
      },
    ])
    // The table's own file waits: it is not unroutable, and no run is begun for it.
    const waits = await drop(lake, { paths: [customers(path, 'customers_2.csv', [['c2', 'PT']])] })
    expect(waits).toEqual({
      objects: [
        {
          key: 'raw/shop/customers_2.csv',
          dataset: 'shop',
          table: null,
          outcome: 'deferred',
          message: expect.stringContaining('customers.ts:6: unknown option "fils"'),
          path: join(path, 'customers_2.csv'),
        },
      ],
      runs: [],
      leftOut: [],
    })
    expect(exitCodeOf(waits)).toBe(1)
    expect(lake.alerts).toEqual([])
    // So does one that names it.
    const named = { dataset: 'shop', table: 'customers', paths: [customers(path, 'more.csv', [['c3', 'DE']])] }
    expect((await drop(lake, named)).objects[0]).toMatchObject({
      outcome: 'deferred',
      key: 'raw/shop/customers/more.csv',
    })

    const second = orders(path, 'orders_2.csv', [['b', 'c2', '2024-02-01 00:00:00', '20']])
    const report = onlyRun((await drop(lake, { paths: [second] })).runs)
    expect(report.tables.orders).toMatchObject({ kept: 1, rowsTotal: 2 })
    expect(report.status).toBe('held')
    expect(statuses(report)).toEqual({ dim_customer: 'held', fact_orders: 'held', mart_revenue: 'held' })
    expect(report.models.dim_customer?.error).toMatch(
      /^it reads cleaned.customers, which is out of service: .*customers.ts:6: /,
    )

    await sweep(lake, { keep: 1, graceMs: -60_000 })
    for (const [table, n] of [
      ['shop_cleaned.orders', 2],
      ['shop_cleaned.customers', 1],
      ['shop_enriched.orders', 1],
      ['shop_curated.dim_customer', 1],
      ['shop_curated.fact_orders', 1],
    ] as const)
      expect(await count(lake, table), table).toBe(n)
    expect(await readStatus(lake, 'shop')).toMatchObject({ tables: { customers: { rows: 1 } }, pending: 2 })
    expect(
      needsRun(await readState(lake.fx.store, 'shop'), {
        dataset: lake.fx.datasets.shop!,
        pending: await workable(lake.fx.store, lake.fx.datasets.shop!),
        models: await lake.fx.models('shop'),
      }),
    ).toBe(false)
  }
  await using lake = await openShop(path)
  const report = onlyRun(await runPending(lake, 'shop'))
  expect(report.tables.customers).toMatchObject({ kept: 2, rowsTotal: 3 })
  expect(report.status).toBe('published')
  expect(await rows(lake, 'select order_id, country from shop_curated.fact_orders order by 1')).toEqual([
    ['a', 'BR'],
    ['b', 'PT'],
  ])
})

test('what changed while an enrichment was out of service is enriched afterwards, whatever the next file is of', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  const order = (id: string, day: string) => orders(path, `orders_${id}.csv`, [[id, 'c1', `${day} 00:00:00`, '10']])
  {
    await using lake = await openShop(path)
    await drop(lake, { paths: [order('a', '2024-01-01'), customers(path, 'customers_1.csv', [['c1', 'BR']])] })
  }
  const broken = changed('contracts', 'customers.ts', (text) => text.replace("kind: 'snapshot'", "kind: 'snap'"))
  {
    await using lake = await openShop(path, { datasetFolders: [broken] })
    await drop(lake, { paths: [order('b', '2024-01-02'), order('c', '2024-02-02')] })
  }
  await using lake = await openShop(path)
  const report = onlyRun((await drop(lake, { paths: [order('d', '2024-03-02')] })).runs)
  expect(report.status).toBe('published')
  expect(await count(lake, 'shop_enriched.orders')).toBe(4)
  expect(await days(lake)).toEqual([
    ['2024-01', 2],
    ['2024-02', 1],
    ['2024-03', 1],
  ])
})

test('a file that is pending when its contract breaks stays pending, and no run is begun for it again and again', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  {
    await using lake = await openShop(path)
    await drop(lake, { paths: [customers(path, 'customers_1.csv', [['c1', 'BR']])], wait: false })
  }
  const broken = changed('contracts', 'customers.ts', () => 'export default {}\n')
  {
    await using lake = await openShop(path, { datasetFolders: [broken] })
    const shop = lake.fx.datasets.shop!
    const second = orders(path, 'orders_1.csv', [['a', 'c1', '2024-01-01 00:00:00', '10']])
    expect(onlyRun((await drop(lake, { paths: [second] })).runs).tables.orders?.kept).toBe(1)
    await runPending(lake, 'shop')
    expect(await workable(lake.fx.store, shop)).toEqual([])
    expect((await readStatus(lake, 'shop')).pending).toBe(1)
    expect(await lake.start({ dataset: 'shop', reason: 'pass' }).admitted).toEqual({ outcome: 'idle', dataset: 'shop' })
  }
  await using lake = await openShop(path)
  expect(onlyRun(await runPending(lake, 'shop')).tables.customers?.kept).toBe(1)
  expect(await count(lake, 'shop_curated.dim_customer')).toBe(1)
})

test('settings of a dataset that cannot be loaded stop the dataset, and take nothing away from readers', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  {
    await using lake = await openShop(path)
    await drop(lake, { paths: [orders(path, 'orders_1.csv', [['a', 'c1', '2024-01-01 00:00:00', '10']])] })
  }
  const broken = changed('contracts', 'dataset.ts', (text) => text.replace('settleSeconds', 'settleSecond'))
  await using lake = await openShop(path, { datasetFolders: [broken] })
  const waits = await drop(lake, { paths: [orders(path, 'orders_2.csv', [['b', 'c1', '2024-01-02 00:00:00', '10']])] })
  expect(waits.objects).toMatchObject([{ key: 'raw/shop/orders_2.csv', outcome: 'deferred' }])
  expect(await count(lake, 'shop_cleaned.orders')).toBe(1)
  expect(await days(lake)).toEqual([['2024-01', 1]])
})

test('a SQL file that cannot be read fails its own model and holds what reads it; readers keep its last version', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  const order = (id: string) => orders(path, `orders_${id}.csv`, [[id, 'c1', '2024-01-01 00:00:00', '10']])
  {
    await using lake = await openShop(path)
    await drop(lake, { paths: [order('a'), customers(path, 'customers_1.csv', [['c1', 'BR']])] })
  }
  const broken = changed('sql', 'fact_orders.sql', (text) =>
    text.replace('from enriched.orders', 'form enriched.orders x y'),
  )
  {
    await using lake = await openShop(path, { sqlFolders: [broken] })
    const { runs } = await drop(lake, { paths: [order('b'), customers(path, 'customers_2.csv', [['c2', 'PT']])] })
    const report = onlyRun(runs)
    expect(report.status).toBe('failed')
    expect(statuses(report)).toEqual({ dim_customer: 'published', fact_orders: 'failed', mart_revenue: 'held' })
    expect(report.models.fact_orders?.error).toMatch(/^models: shop\/fact_orders.sql line 17: /)
    expect(report.models.mart_revenue?.error).toMatch(
      /^it reads curated.fact_orders, which cannot be built: models: shop\/fact_orders.sql line 17/,
    )
    expect(await count(lake, 'shop_curated.dim_customer')).toBe(2)
    // What was published is asked without any SQL file.
    const sql = await withNames(lake, 'select count(*) from curated.fact_orders', 'shop')
    expect(await rows(lake, sql)).toEqual([[1]])
    expect(await days(lake)).toEqual([['2024-01', 1]])
  }
  await using lake = await openShop(path)
  expect(statuses(onlyRun(await runPending(lake, 'shop')))).toEqual({
    dim_customer: 'unchanged',
    fact_orders: 'published',
    mart_revenue: 'published',
  })
  expect(await days(lake)).toEqual([['2024-01', 2]])
})

test.each([
  ['warn', { dim_customer: 'published', fact_orders: 'published', mart_revenue: 'published' }],
  ['error', { dim_customer: 'published', fact_orders: 'held', mart_revenue: 'held' }],
] as const)('a rule of severity %s that cannot be asked fails alone', async (severity, models) => {
  using folder = temporaryFolder()
  const { path } = folder
  const changed = checkout(path)
  const rules = `[
    { name: 'cheap', severity: '${severity}', expect: 'amuont < 10' },
    { name: 'dear', severity: 'warn', expect: 'amount > 10' },
  ]`
  const broken = changed('contracts', 'orders.ts', (text) => text.replace('  enrich:', `  rules: ${rules},\n  enrich:`))
  await using lake = await openShop(path, { datasetFolders: [broken] })
  const { runs } = await drop(lake, {
    paths: [
      orders(path, 'orders_1.csv', [['a', 'c1', '2024-01-01 00:00:00', '10']]),
      customers(path, 'customers_1.csv', [['c1', 'BR']]),
    ],
  })
  const report = onlyRun(runs)
  expect(statuses(report)).toEqual(models)
  expect(report.quality.filter(({ status }) => status === 'fail')).toEqual([
    { rule: 'dear', table: 'orders', severity: 'warn', status: 'fail', failing: 1 },
    { rule: 'cheap', table: 'orders', severity, status: 'fail', failing: 0, error: expect.stringContaining('amuont') },
  ])
  if (severity === 'error')
    expect(report.models.fact_orders?.error).toMatch(/^rule cheap of orders cannot be asked: .*did you mean amount\?/)
})
