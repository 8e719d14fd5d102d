import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import { readState } from '@droplake/pipeline/log'
import { expect, test } from 'vitest'
import { customers, openShop, orders, publicRows, temporaryFolder } from '../e2e/shop.ts'
import { problemsAtRest } from './examine.ts'
import { interceptedStore } from './intercepted-store.ts'
import { baseLake, secondDrop } from './scenario.ts'

/** A lake that cannot read the raw files of that name as long as `fault.error` makes an error. */
async function openFaulty(path: string, name: string) {
  const fault: { error?: () => Error } = {}
  const lake = await openShop(path, {
    settings: { packFiles: 1 },
    wrapStore: (store) =>
      interceptedStore(store, async ({ kind, key }, go) => {
        if (kind === 'read' && key.startsWith('raw/') && key.endsWith(name) && fault.error) throw fault.error()
        return go()
      }),
  })
  return { lake, fault, alerts: lake.alerts }
}

/** As Node's own file functions throw it: the kind stands in `code`, the name is plain `Error`. */
const permissionDenied = () =>
  Object.assign(new Error("EACCES: permission denied, open 'raw/shop/orders-bad.csv'"), { code: 'EACCES', errno: -13 })

const good = (path: string) => orders(path, 'orders-good.csv', [['o1', 'c1', '2026-01-10 10:00:00', '1.00']])
const bad = (path: string) => orders(path, 'orders-bad.csv', [['o2', 'c1', '2026-01-11 10:00:00', '2.00']])
const who = (path: string) => customers(path, 'customers.csv', [['c1', 'BR']])

async function outcomes(lake: Lake): Promise<Record<string, string>> {
  const { sources } = await readState(lake.fx.store, 'shop')
  return Object.fromEntries(Object.values(sources).map(({ key, outcome }) => [key.split('/').at(-1), outcome]))
}

test('a file that cannot be read waits while others are taken, and is set aside with the reason after three failures', async () => {
  using folder = temporaryFolder()
  const { lake, fault, alerts } = await openFaulty(folder.path, 'orders-bad.csv')
  fault.error = () => new Error('object store: the disk under this file is worn')
  const { runs } = await drop(lake, { paths: [bad(folder.path), good(folder.path), who(folder.path)] })
  const taken = { 'orders-good.csv': 'taken', 'customers.csv': 'taken' }
  expect(runs.at(-1)?.status).toBe('published')
  expect(runs.at(-1)?.sources.find(({ key }) => key.endsWith('bad.csv'))).toMatchObject({
    outcome: 'deferred',
    error: 'object store: the disk under this file is worn',
  })
  expect(await outcomes(lake)).toEqual(taken)
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual(taken)
  expect(alerts.filter(({ attributes }) => attributes.kind === 'set_aside')).toEqual([])

  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ ...taken, 'orders-bad.csv': 'set_aside' })
  const [alert, ...more] = alerts.filter(({ attributes }) => attributes.kind === 'set_aside')
  expect(alert?.text).toContain('orders-bad.csv: it failed 3 times: object store: the disk under this file is worn')
  expect(more).toEqual([])
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('files that share their item with one that cannot be read are taken by the next run', async () => {
  using folder = temporaryFolder()
  const { lake, fault } = await openFaulty(folder.path, 'orders-bad.csv')
  Object.assign(lake.fx.settings, { packFiles: 64 })
  fault.error = () => new Error('worn')
  await drop(lake, { paths: [bad(folder.path), good(folder.path), who(folder.path)] })
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ 'orders-good.csv': 'taken', 'customers.csv': 'taken' })
  delete fault.error
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toMatchObject({ 'orders-bad.csv': 'taken' })
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('a permission that is missing never sets a file aside: it is taken once it may be read', async () => {
  using folder = temporaryFolder()
  const { lake, fault } = await openFaulty(folder.path, 'orders-bad.csv')
  fault.error = permissionDenied
  await drop(lake, { paths: [bad(folder.path), good(folder.path)] })
  for (let run = 0; run < 4; run++) await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ 'orders-good.csv': 'taken' })
  delete fault.error
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ 'orders-good.csv': 'taken', 'orders-bad.csv': 'taken' })
  await lake.close()
})

/** A lake in which the statements that build a model fail, as often as `failures` says. */
async function openWithFailingModel(path: string, model: string) {
  const failures = { left: 0 }
  const lake = await openShop(path, {
    wrapQuery: (run) => async (sql) => {
      if (sql.includes(`"${model}__`) && failures.left-- > 0) throw new Error('the query engine ran out of memory')
      return run(sql)
    },
  })
  return { lake, failures }
}

test('a model whose statement fails once is built by the second attempt', async () => {
  using folder = temporaryFolder()
  const { lake, failures } = await openWithFailingModel(folder.path, 'fact_orders')
  failures.left = 1
  const { runs } = await drop(lake, { paths: [good(folder.path), who(folder.path)] })
  expect(runs.at(-1)?.status).toBe('published')
  expect(failures.left).toBeLessThan(0)
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('a model that fails twice fails the run and holds what depends on it; others are published, and the next run makes up', async () => {
  using folder = temporaryFolder()
  await baseLake(folder.path)
  const { lake, failures } = await openWithFailingModel(folder.path, 'fact_orders')
  const before = await publicRows(lake)
  failures.left = 2
  const { runs } = await drop(lake, { paths: secondDrop(folder.path) })
  expect(runs.at(-1)).toMatchObject({
    status: 'failed',
    models: {
      dim_customer: { status: 'published' },
      fact_orders: { status: 'failed', error: expect.stringContaining('out of memory') },
      mart_revenue: { status: 'held' },
    },
  })
  const held = await publicRows(lake)
  expect(held.dim_customer).not.toEqual(before.dim_customer)
  expect(held).toEqual({ ...before, dim_customer: held.dim_customer })

  const next = await runPending(lake, 'shop')
  expect(next.at(-1)).toMatchObject({
    status: 'published',
    models: {
      dim_customer: { status: 'unchanged' },
      fact_orders: { status: 'published' },
      mart_revenue: { status: 'published' },
    },
  })
  expect((await publicRows(lake)).fact_orders).toHaveLength(14)
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})
