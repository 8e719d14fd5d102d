import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { Swept } from '@droplake/services/sweep/sweep'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { first, refusal } from '../emulator/fault-proxy.ts'
import { commandOn } from './command.ts'
import { failedAfterwards } from './failed-query.ts'
import { ordersFile } from './orders-file.ts'
import { openStage, type Stage } from './stage.ts'
import { contents, openTwin } from './twin.ts'

// One stage and its twin on the laptop live through all of it, in this order: each test begins where the one before ended.
let stage: Stage
let twin: Awaited<ReturnType<typeof openTwin>>
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'droplake-e2e-'))
  twin = await openTwin(folder)
  stage = await openStage()
})
afterAll(async () => {
  await twin?.close()
  await stage?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Puts the files as a program of the user's would, and gives them to the twin. */
async function put(files: Record<string, Uint8Array>): Promise<void> {
  await Promise.all(Object.entries(files).map(([key, bytes]) => stage.store.put(key, bytes)))
  await twin.take(files)
}

async function expectTwins(): Promise<void> {
  const { databasePrefix, engine } = stage
  const tables = Object.keys(twin.fx.datasets.olist?.tables ?? {})
  const models = (await twin.fx.models('olist')).map(({ name }) => name)
  expect(await contents(engine, { databasePrefix, tables, models })).toEqual(await twin.contents())
}

const lastRun = async () => {
  const { ended } = await stage.state()
  return stage.report(ended.findLast(({ purpose }) => purpose === 'pipeline')?.run ?? '')
}
const count = async (sql: string) =>
  Number((await stage.engine.run(sql.replaceAll('{}', stage.databasePrefix))).rows[0]?.[0])
const orders = () => count('select count(*) from {}olist_curated.fact_orders')

test('files that are put become the tables that the laptop makes of them, row for row', async () => {
  const generated = join(folder, 'generated')
  await generateOlistWithClickstream(generated, { seed: 1, orders: 60, defects: 0.05 })
  const files = readdirSync(generated).map(
    (name) => [`raw/olist/${name}`, readFileSync(join(generated, name))] as const,
  )
  await put(Object.fromEntries(files))
  await stage.quiet()
  expect(await lastRun()).toMatchObject({ status: 'published' })
  await expectTwins()
})

test('the crawler read the raw files, and found what the contracts say', async () => {
  const crawled = await stage.catalog.crawled('olist')
  expect(crawled.map(({ key }) => key)).toContain('raw/olist/olist_orders_dataset.csv')
})

test('subscribers are notified of every run, with attributes to filter by', async () => {
  // Files whose events come late, on a busy machine, have a run of their own.
  const published = (await stage.alerts()).filter(({ attributes }) => attributes.kind === 'published')
  expect(published.map(({ attributes }) => attributes.run)).toContain((await lastRun()).runId)
  for (const { subject, text, attributes } of published) {
    expect(subject).toBe('droplake: olist published')
    expect(attributes).toMatchObject({ dataset: 'olist', status: 'published', severity: 'info' })
    const { tables } = await stage.report(attributes.run ?? '')
    for (const [table, { rowsIn, kept }] of Object.entries(tables))
      expect(text).toContain(`${table}: ${rowsIn} rows in, ${kept} kept`)
  }
})

test('an event that comes twice changes nothing', async () => {
  const before = await stage.state()
  const key = 'raw/olist/olist_orders_dataset.csv'
  const execution = await stage.rules.start({ detail: { bucket: { name: stage.bucket }, object: { key } } })
  expect((await stage.execution(execution)).output).toMatchObject({ outcome: 'duplicate' })
  expect((await stage.quiet()).seq).toBe(before.seq)
})

test('keys with blanks, + and %2F arrive at once, one run takes both, a throttled step is tried again', async () => {
  const before = await orders()
  const clean = stage.functions.clean ?? ''
  stage.faults.fail(clean, { error: 'TooManyRequestsException', message: 'Rate exceeded', matches: 'orders' })
  await put({
    'raw/olist/olist_orders_dataset a+b.csv': ordersFile([{ id: 'plus', at: '2018-02-05 10:00:00' }]),
    'raw/olist/olist_orders_dataset%2Fc d.csv': ordersFile([{ id: 'percent', at: '2018-02-06 10:00:00' }]),
  })
  await stage.quiet()
  expect(stage.faults.left(clean)).toBe(0)
  expect(await orders()).toBe(before + 2)
  const run = await lastRun()
  expect(run.sources.map(({ key, outcome }) => [key, outcome]).sort()).toEqual([
    ['raw/olist/olist_orders_dataset a+b.csv', 'taken'],
    ['raw/olist/olist_orders_dataset%2Fc d.csv', 'taken'],
  ])
})

test('an error that nobody retries defers the file; the pass lets it rest, a run that is asked for takes it', async () => {
  const before = await orders()
  const key = 'raw/olist/olist_orders_dataset.poor.csv'
  stage.faults.fail(stage.functions.clean ?? '', { error: 'Runtime.ExitError', message: 'signal: killed' })
  await put({ [key]: ordersFile([{ id: 'poor', at: '2018-02-07 10:00:00' }]) })
  await stage.until(async () => (await lastRun()).sources.some((source) => source.outcome === 'deferred'))
  expect((await lastRun()).sources).toMatchObject([
    { key, outcome: 'deferred', error: expect.stringMatching(/more memory/) },
  ])
  await stage.until(async () => (await stage.state()).unfinished === undefined)
  const { runId } = await lastRun()
  await stage.invoke('wake', { reason: 'pass' })
  expect((await lastRun()).runId).toBe(runId)
  await stage.rules.start({ dataset: 'olist', reason: 'run' })
  await stage.quiet()
  expect((await lastRun()).sources).toMatchObject([{ key, outcome: 'taken' }])
  expect(await orders()).toBe(before + 1)
})

test('the daily round finds a file whose event was lost, and sweeps', async () => {
  const before = await orders()
  stage.rules.losing(true)
  await put({ 'raw/olist/olist_orders_dataset.lost.csv': ordersFile([{ id: 'lost', at: '2018-02-08 10:00:00' }]) })
  await stage.until(async () => stage.rules.idle())
  stage.rules.losing(false)
  expect(await orders()).toBe(before)
  const input = { datasets: ['olist'], keep: 10, graceMs: 24 * 3_600_000 }
  const round = await stage.execution(await stage.rules.start(input, stage.sweepStateMachine))
  expect(round.status).toBe('SUCCEEDED')
  await stage.quiet()
  expect(await orders()).toBe(before + 1)
  const again = await stage.execution(
    await stage.rules.start({ ...input, keep: 1, graceMs: 1 }, stage.sweepStateMachine),
  )
  const [swept] = again.output as Swept[]
  expect(swept).toMatchObject({ dataset: 'olist', deleted: expect.any(Number) })
  expect(swept && 'deleted' in swept ? swept.deleted : 0).toBeGreaterThan(0)
  await expectTwins()
})

test('a failed CREATE TABLE AS, a stale table version and throttling are got over', async () => {
  const before = await orders()
  const failed = failedAfterwards('"fact_orders__')
  stage.athena.faults.push(failed)
  const stale = refusal('ConcurrentModificationException', 'Update table failed due to concurrent modifications.')
  const throttled = refusal('ThrottlingException', 'Rate exceeded')
  let [staleLeft, throttledLeft] = [1, 3]
  stage.glue.faults.push(
    first(1, async ({ action }) => (action === 'UpdateTable' && staleLeft-- > 0 ? stale : undefined)),
    first(3, async ({ action }) => (action === 'GetTables' && throttledLeft-- > 0 ? throttled : undefined)),
  )
  stage.athena.faults.push(first(2, async ({ action }) => (action === 'StartQueryExecution' ? throttled : undefined)))
  await put({ 'raw/olist/olist_orders_dataset.hard.csv': ordersFile([{ id: 'hard', at: '2018-02-09 10:00:00' }]) })
  await stage.quiet()
  expect(failed.query).toBeDefined()
  expect([staleLeft, throttledLeft]).toEqual([0, 0])
  expect(await lastRun()).toMatchObject({ status: 'published' })
  expect(await orders()).toBe(before + 1)
  stage.athena.faults.length = 0
})

test('a failed quality rule holds what readers see; mended, the next run publishes', async () => {
  const before = await orders()
  const partition = Object.values((await stage.state()).tables.orders?.partitions ?? {}).at(-1)
  const [file] = partition?.files ?? []
  if (!partition || !file) throw new Error('orders have no file')
  const stray = `${partition.location}copy-of-a-file.parquet`
  await stage.store.copy(file.key, stray)
  await put({ 'raw/olist/olist_orders_dataset.held.csv': ordersFile([{ id: 'held', at: '2018-02-10 10:00:00' }]) })
  await stage.quiet()
  expect(await lastRun()).toMatchObject({ status: 'held', models: { fact_orders: { status: 'held' } } })
  expect((await stage.alerts()).map(({ attributes }) => attributes.kind)).toContain('held')
  expect(await orders()).toBe(before)

  await stage.store.delete([stray])
  await stage.execution(await stage.rules.start({ dataset: 'olist', reason: 'run' }))
  await stage.quiet()
  expect(await lastRun()).toMatchObject({ status: 'published' })
  expect(await orders()).toBe(before + 1)
})

test('a publisher that wakes up after another run took over changes nothing that readers see', async () => {
  const before = await orders()
  const paused = stage.faults.pause(stage.functions.publish ?? '')
  await put({ 'raw/olist/olist_orders_dataset.slow.csv': ordersFile([{ id: 'slow', at: '2018-02-11 10:00:00' }]) })
  await stage.until(async () => paused.fell())
  expect(await orders()).toBe(before)
  const asleep = (await stage.state()).unfinished?.run
  const taking = await stage.rules.start({ dataset: 'olist', reason: 'run', takeOver: true })
  expect((await stage.execution(taking)).status).toBe('SUCCEEDED')
  expect(await orders()).toBe(before + 1)
  const views = (await stage.catalog.show('olist'))?.views
  const { seq } = await stage.state()

  expect(await paused.wake()).toBe('Fenced')
  expect((await stage.state()).seq).toBe(seq)
  expect((await stage.catalog.show('olist'))?.views).toEqual(views)
  await stage.quiet()
  expect((await stage.alerts()).filter(({ attributes }) => attributes.run === asleep)).toEqual([])
  await expectTwins()
})

test('the command drops, asks, rolls back and looks around on the stage', async () => {
  const command = commandOn(stage, folder)
  const answer = async (...args: string[]) => {
    const { code, stdout, stderr } = await command(...args, '--json')
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0)
    return JSON.parse(stdout)
  }
  const before = await orders()
  const file = join(folder, 'olist_orders_dataset.typed.csv')
  const typed = ordersFile([{ id: 'typed', at: '2018-02-12 10:00:00' }])
  writeFileSync(file, typed)
  await twin.take({ 'raw/olist/olist_orders_dataset.typed.csv': typed })
  const dropped = await answer('drop', file)
  expect(dropped).toMatchObject({
    objects: [{ key: 'raw/olist/olist_orders_dataset.typed.csv', table: 'orders', outcome: 'admitted' }],
    runs: [{ status: 'published', tables: { orders: { kept: 1 } } }],
  })
  const sql = 'select count(*) as n from curated.fact_orders'
  expect(await answer('query', sql, '--dataset', 'olist')).toEqual([{ n: before + 1 }])
  expect(await answer('query', sql.replace('curated', 'olist_curated'))).toEqual([{ n: before + 1 }])

  expect(await answer('rollback', 'fact_orders')).toMatchObject({ model: 'fact_orders', pinned: true })
  expect(await orders()).toBe(before)
  // Models that read it are built from it now.
  await stage.quiet()
  expect(await command('rollback', 'fact_orders', '--to', 'nobody')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nobody'),
  })
  await answer('rollback', 'fact_orders', '--release')
  await stage.quiet()
  expect(await orders()).toBe(before + 1)

  expect(await answer('status')).toMatchObject({ datasets: [{ dataset: 'olist', pending: 0 }] })
  expect((await answer('runs'))[0]).toMatchObject({ dataset: 'olist', status: 'published' })
  expect((await answer('quarantine', 'list')).length).toBeGreaterThan(0)
  const wrong = await command('status', '--stage', 'prod')
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('outputs are of stage dev, not prod') })
  await expectTwins()
})

test('a file that no table takes is told', async () => {
  await stage.store.put('raw/olist/notes.txt', Buffer.from('hello'))
  await stage.quiet()
  const told = (await stage.alerts()).filter(({ attributes }) => attributes.kind === 'unroutable')
  expect(told).toMatchObject([{ text: expect.stringContaining('raw/olist/notes.txt') }])
})

test('a table is built in several statements where it has more than a hundred partitions', async () => {
  const months = Array.from(
    { length: 250 },
    (_, n) => `${1990 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`,
  )
  const many = months.map((month) => ({ id: `m${month}`, at: `${month}-15 12:00:00` }))
  await put({ 'raw/olist/olist_orders_dataset.months.csv': ordersFile(many) })
  await stage.quiet()
  expect(await lastRun()).toMatchObject({ status: 'published' })
  expect(
    await count("select count(distinct order_month) from {}olist_curated.fact_orders where order_id like 'm%'"),
  ).toBe(250)
  await expectTwins()
})
