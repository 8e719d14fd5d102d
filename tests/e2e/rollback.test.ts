import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { rollback, versionsOf } from '@droplake/local/rollback'
import { runPending } from '@droplake/local/run'
import { sweep } from '@droplake/local/sweep'
import type { Report } from '@droplake/pipeline/report'
import type { Moved } from '@droplake/pipeline/rollback'
import { expect, test } from 'vitest'
import { customers, onlyRun, openShop, orders, publicRows, rows, shopFolder, temporaryFolder } from './shop.ts'

const dataset = 'shop'
const statuses = ({ models }: Report) =>
  Object.fromEntries(Object.entries(models).map(([name, { status }]) => [name, status]))
const months = (lake: Lake) => rows(lake, 'select month, revenue from shop_curated.mart_revenue order by month')
const move = async (lake: Lake, model: string, of: { to?: string; release?: boolean } = {}) =>
  (await rollback(lake, { dataset, model, ...of })) as Moved

/** Orders of two months, of which the second drop brings a wrong price, and the third a right one and another month. */
const drops = (path: string) => [
  [
    orders(path, 'orders-1.csv', [
      ['a', 'c1', '2026-01-05 10:00:00', '10.00'],
      ['b', 'c2', '2026-02-05 10:00:00', '20.00'],
    ]),
    customers(path, 'customers.csv', [
      ['c1', 'BR'],
      ['c2', 'PT'],
    ]),
  ],
  [orders(path, 'orders-2.csv', [['b', 'c2', '2026-02-05 10:00:00', '2000.00']])],
  [
    orders(path, 'orders-3.csv', [
      ['b', 'c2', '2026-02-05 10:00:00', '21.00'],
      ['c', 'c2', '2026-03-05 10:00:00', '30.00'],
    ]),
  ],
]
const good = [
  ['2026-01', '10.00'],
  ['2026-02', '20.00'],
]

test('a mart goes back to its earlier numbers and stays there while the rest goes on, until it is let go', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  const [first = [], second = [], third = []] = drops(folder.path)
  await drop(lake, { paths: first })
  const wrong = onlyRun((await drop(lake, { paths: second })).runs)
  expect((await months(lake))[1]).toEqual(['2026-02', '2000.00'])

  const moved = await move(lake, 'mart_revenue')
  expect(moved).toMatchObject({ from: { run: wrong.runId, rows: 2 }, to: { rows: 2 }, pinned: true, next: [] })
  expect(await months(lake)).toEqual(good)
  expect(lake.alerts.at(-1)?.subject).toBe('droplake: shop: mart_revenue rolled back')
  expect(onlyRun(await runPending(lake, dataset))).toMatchObject({
    status: 'empty',
    models: { fact_orders: { status: 'unchanged' }, mart_revenue: { status: 'held', rows: 2 } },
  })

  const next = onlyRun((await drop(lake, { paths: third })).runs)
  expect(next.status).toBe('published')
  expect(statuses(next)).toEqual({ dim_customer: 'unchanged', fact_orders: 'published', mart_revenue: 'held' })
  expect(lake.alerts.at(-1)?.text).toMatch(/mart_revenue is held: it was rolled back by hand on [\d-]+ to the version/)
  expect(await months(lake)).toEqual(good)
  expect(await rows(lake, 'select count(*) from shop_curated.fact_orders')).toEqual([[3]])

  await move(lake, 'mart_revenue', { release: true })
  expect(await months(lake)).toEqual(good)
  const last = onlyRun(await runPending(lake, dataset))
  expect([last.status, statuses(last).mart_revenue]).toEqual(['published', 'published'])
  expect(await months(lake)).toEqual([
    ['2026-01', '10.00'],
    ['2026-02', '21.00'],
    ['2026-03', '30.00'],
  ])
})

test('what reads a fact that went back is built from its earlier version; let go, all is as if nothing had been', async () => {
  using folder = temporaryFolder()
  using calm = temporaryFolder()
  await using lake = await openShop(folder.path)
  const [first = [], second = [], third = []] = drops(folder.path)
  await drop(lake, { paths: first })
  await drop(lake, { paths: second })
  const before = await publicRows(lake)

  const moved = await move(lake, 'fact_orders')
  expect(moved.next).toEqual(['mart_revenue'])
  expect(await months(lake)).not.toEqual(good)
  const rebuilt = onlyRun(await runPending(lake, dataset))
  expect(rebuilt.status).toBe('published')
  expect(statuses(rebuilt)).toEqual({ dim_customer: 'unchanged', fact_orders: 'held', mart_revenue: 'published' })
  expect(await months(lake)).toEqual(good)
  expect((await runPending(lake, dataset)).map(({ status }) => status)).toEqual(['empty'])

  // The newest version undoes it at once, the mart follows.
  expect(await move(lake, 'fact_orders', { to: moved.from.run })).toMatchObject({
    pinned: false,
    next: ['mart_revenue'],
  })
  await runPending(lake, dataset)
  expect(await publicRows(lake)).toEqual(before)

  await move(lake, 'fact_orders')
  await drop(lake, { paths: third })
  expect(await months(lake)).toEqual(good)
  await move(lake, 'fact_orders', { release: true })
  const released = onlyRun(await runPending(lake, dataset))
  expect(statuses(released)).toEqual({ dim_customer: 'unchanged', fact_orders: 'published', mart_revenue: 'published' })
  await using undisturbed = await openShop(calm.path)
  for (const paths of drops(calm.path)) await drop(undisturbed, { paths })
  expect(await publicRows(lake)).toEqual(await publicRows(undisturbed))
})

test('mended SQL lets go of a model that went back', async () => {
  using folder = temporaryFolder()
  const sql = join(folder.path, 'sql')
  cpSync(shopFolder('sql'), sql, { recursive: true })
  const file = join(sql, dataset, 'mart_revenue.sql')
  const right = readFileSync(file, 'utf8')
  await using lake = await openShop(folder.path, { sqlFolders: [sql] })
  await drop(lake, { paths: drops(folder.path)[0] ?? [] })
  writeFileSync(file, right.replace('sum(amount)', 'sum(amount) * 100'))
  await runPending(lake, dataset)
  expect((await months(lake))[0]).toEqual(['2026-01', '1000.00'])

  await move(lake, 'mart_revenue')
  expect(await months(lake)).toEqual(good)
  expect(statuses(onlyRun(await runPending(lake, dataset))).mart_revenue).toBe('held')
  writeFileSync(file, right.replace('sum(amount)', 'sum(amount) * 2'))
  const mended = onlyRun(await runPending(lake, dataset))
  expect([mended.status, statuses(mended).mart_revenue]).toEqual(['published', 'published'])
  expect((await months(lake))[0]).toEqual(['2026-01', '20.00'])
  expect((await versionsOf(lake, { dataset, model: 'mart_revenue' })).pin).toBeUndefined()
})

test('sweep leaves a version that a model went back to, with the older partitions that it points at, and takes others', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  const [first = [], second = [], third = []] = drops(folder.path)
  await drop(lake, { paths: first })
  await drop(lake, { paths: second })
  await drop(lake, { paths: third })
  const { to, from } = await move(lake, 'fact_orders')
  await runPending(lake, dataset)
  const before = await publicRows(lake)
  // A file of this very moment is young, whatever the grace.
  await new Promise((later) => setTimeout(later, 20))
  await sweep(lake, { keep: 0, graceMs: 0 })
  expect(await publicRows(lake)).toEqual(before)
  const { versions } = await versionsOf(lake, { dataset, model: 'fact_orders' })
  expect(versions.map(({ run, shown }) => [run, shown])).toEqual([[to.run, true]])
  for (const [options, message] of [
    [{ to: from.run }, `sweep has taken away the version of fact_orders that run ${from.run} published`],
    [{}, 'sweep has left no version of fact_orders before that of run'],
  ] as const)
    await expect(move(lake, 'fact_orders', options)).rejects.toMatchObject({
      name: 'RollbackRefused',
      message: expect.stringContaining(message),
    })

  await move(lake, 'fact_orders', { release: true })
  await runPending(lake, dataset)
  expect((await months(lake)).map(([, revenue]) => revenue)).toEqual(['10.00', '21.00', '30.00'])
})
