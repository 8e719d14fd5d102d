import { drop } from '@droplake/local/drop'
import type { LakeOptions } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import type { ServiceName } from '@droplake/pipeline/definition'
import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanedRows, customers, type OpenLake, openShop, orders, rows, temporaryFolder } from '../e2e/shop.ts'
import { problemsAtRest } from './examine.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())

type Call = { service: ServiceName; event: Record<string, unknown> }

/** A lake in which the calls that `fault.when` names fail with `fault.error`. */
async function openFaulty(options: Partial<LakeOptions> = {}) {
  const fault: { when?: (call: Call) => boolean | Promise<boolean>; error: () => Error } = {
    error: () => new TypeError('it has no length'),
  }
  const lake = await openShop(folder.path, {
    sqlFolders: [],
    wrapInvoke: async (service, call, event) => {
      if (await fault.when?.({ service, event: event as Call['event'] })) throw fault.error()
      return call()
    },
    ...options,
  })
  return { lake, fault }
}

const last = (runs: readonly Report[]) => runs.at(-1)
const order = (name: string, id: string) => orders(folder.path, name, [[id, 'c1', '2026-01-10 10:00:00', '1.00']])
const who = (country = 'BR') => customers(folder.path, `customers-${country}.csv`, [['c1', country]])

async function outcomes(lake: OpenLake): Promise<Record<string, string>> {
  const { sources } = await readState(lake.fx.store, 'shop')
  return Object.fromEntries(Object.values(sources).map(({ key, outcome }) => [key.split('/').at(-1), outcome]))
}

test.each<[string, (call: Call) => boolean]>([
  ['Accept', ({ service, event }) => service === 'accept' && event.table === 'orders' && !('failed' in event)],
  ['Dedupe', ({ service, event }) => service === 'dedupe' && event.table === 'orders'],
  ['Enrich', ({ service, event }) => service === 'enrich' && 'unit' in event],
])(
  '%s that fails for a table leaves that table alone; the report has the step, the table and the cause, and the third time sets the file aside',
  async (step, when) => {
    const { lake, fault } = await openFaulty()
    fault.when = when
    const { runs } = await drop(lake, { paths: [order('orders-1.csv', 'o1'), who()] })
    expect(last(runs)).toMatchObject({ status: 'failed', error: `${step} of orders: it has no length` })
    expect(last(runs)?.sources.find(({ table }) => table === 'orders')).toMatchObject({
      outcome: 'deferred',
      error: `${step} of orders: it has no length`,
    })
    expect(lake.alerts.find(({ attributes }) => attributes.kind === 'failed')?.text).toContain('it has no length')
    expect(await outcomes(lake)).toEqual({ 'customers-BR.csv': 'taken' })
    expect(await cleanedRows(lake, 'shop', 'customers')).toEqual(['["c1","BR"]'])

    await runPending(lake, 'shop')
    await runPending(lake, 'shop')
    expect(await outcomes(lake)).toEqual({ 'customers-BR.csv': 'taken', 'orders-1.csv': 'set_aside' })
    expect(await pendingSources(lake.fx.store, 'shop')).toEqual([])

    delete fault.when
    await drop(lake, { paths: [order('orders-1.csv', 'o1')], force: true })
    expect(await rows(lake, 'select order_id, country from shop_enriched.orders')).toEqual([['o1', 'BR']])
    expect(await problemsAtRest(lake)).toEqual([])
    await lake.close()
  },
)

test('of many files that fail a table together, only the one at fault is set aside', async () => {
  const { lake, fault } = await openFaulty()
  const planned = async (run: unknown) =>
    (await readRecord<Plan>(lake.fx.store, keys.plan(String(run)))).sources.map(({ key }) => key)
  fault.when = async ({ service, event }) =>
    service === 'dedupe' && (await planned(event.run)).some((key) => key.endsWith('bad.csv'))
  await drop(lake, { paths: ['a', 'b', 'bad', 'c'].map((name) => order(`orders-${name}.csv`, name)) })
  for (let run = 0; run < 7; run++) await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({
    'orders-a.csv': 'taken',
    'orders-b.csv': 'taken',
    'orders-bad.csv': 'set_aside',
    'orders-c.csv': 'taken',
  })
  await lake.close()
})

test.each<[string, () => Error]>([
  ['a permission', () => Object.assign(new Error('no'), { name: 'AccessDenied' })],
  ['a full disk', () => Object.assign(new Error('no'), { name: 'ENOSPC' })],
])('%s is nobody’s fault: the files of the table wait as long as it lasts', async (_, error) => {
  const { lake, fault } = await openFaulty()
  fault.when = ({ service }) => service === 'dedupe'
  fault.error = error
  await drop(lake, { paths: [order('orders-1.csv', 'o1')] })
  for (let run = 0; run < 4; run++) await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({})
  delete fault.when
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ 'orders-1.csv': 'taken' })
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('an enriched table that cannot be made anew after a lookup changed is made whole by the next run', async () => {
  const { lake, fault } = await openFaulty()
  await drop(lake, { paths: [order('orders-1.csv', 'o1'), who('BR')] })
  fault.when = ({ service, event }) => service === 'enrich' && 'unit' in event
  const { runs } = await drop(lake, { paths: [who('PT')] })
  expect(last(runs)).toMatchObject({ status: 'failed', error: 'Enrich of orders: it has no length' })
  expect(last(runs)?.sources).toMatchObject([{ table: 'customers', outcome: 'taken' }])
  const countries = () => rows(lake, 'select country from shop_enriched.orders')
  expect(await countries()).toEqual([['BR']])
  delete fault.when
  await runPending(lake, 'shop')
  expect(await countries()).toEqual([['PT']])
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test.each<[string, string]>([
  ['plan', 'Plan'],
  ['ingest', 'Ingest'],
  ['quality', 'Quality'],
  ['publish', 'Publish'],
])('%s that fails ends the run with its name and cause', async (service, step) => {
  const { lake, fault } = await openFaulty()
  fault.when = (call) => call.service === service
  const { runs } = await drop(lake, { paths: [order('orders-1.csv', 'o1')] })
  expect(last(runs)).toMatchObject({ status: 'failed', error: `${step}: TypeError: it has no length` })
  delete fault.when
  await runPending(lake, 'shop')
  expect(await outcomes(lake)).toEqual({ 'orders-1.csv': 'taken' })
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('a file that ends three runs by itself is set aside by the next one', async () => {
  const { lake, fault } = await openFaulty()
  fault.when = ({ service }) => service === 'ingest'
  await drop(lake, { paths: [order('orders-1.csv', 'o1')] })
  await runPending(lake, 'shop')
  await runPending(lake, 'shop')
  delete fault.when
  const set = last(await runPending(lake, 'shop'))
  expect(set?.sources).toMatchObject([
    { outcome: 'set_aside', error: 'it failed 3 times: Ingest: TypeError: it has no length' },
  ])
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})

test('what depends on a table that failed is held; other models are published', async () => {
  const { lake, fault } = await openFaulty({ sqlFolders: [`${import.meta.dirname}/../e2e/shop/sql`] })
  fault.when = ({ service, event }) => service === 'dedupe' && event.table === 'orders'
  const { runs } = await drop(lake, { paths: [order('orders-1.csv', 'o1'), who()] })
  expect(last(runs)?.models).toMatchObject({
    dim_customer: { status: 'published', rows: 1 },
    fact_orders: { status: 'held', error: 'Dedupe of orders: it has no length' },
    mart_revenue: { status: 'held' },
  })
  delete fault.when
  expect(last(await runPending(lake, 'shop'))?.models).toMatchObject({ fact_orders: { status: 'published', rows: 1 } })
  expect(await problemsAtRest(lake)).toEqual([])
  await lake.close()
})
