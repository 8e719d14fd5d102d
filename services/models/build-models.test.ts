import { text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import type { Model } from '@droplake/models/model'
import { modelOf } from '@droplake/models/testing/model'
import { keys } from '@droplake/pipeline/keys'
import { Fenced } from '@droplake/pipeline/log'
import type { ModelRecord } from '@droplake/pipeline/model-records'
import { findRecord, readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import type { Answer } from '@droplake/pipeline/testing/fake-engine'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { runModels } from '@droplake/pipeline/testing/test-models'
import { planRun, ringFor, runEnrichment, runTables } from '@droplake/pipeline/testing/test-run'
import { describe, expect, test } from 'vitest'
import { followLog } from '../catalog/follow-log.ts'
import { finish } from '../finish/finish.ts'
import { ingest } from '../ingest/ingest.ts'
import { publish } from '../publish/publish.ts'
import { checkQuality } from '../quality/check-quality.ts'
import { buildModels } from './build-models.ts'

const orders: TableSpec = {
  description: '',
  files: 'orders*.csv',
  columns: { id: text.required(), at: timestamp.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'at' },
}
const shops: TableSpec = {
  description: '',
  files: 'shops*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const select = (from: string) => `select id as a from ${from}`
const dimShop = modelOf('dim_shop', ['cleaned.shops'], { select: select('cleaned.shops') })
const fact = modelOf('fact', ['cleaned.orders'], {
  select: 'select id, month from cleaned.orders',
  partitionColumn: 'month',
})
const mart = modelOf('mart', ['curated.fact', 'curated.dim_shop'], {
  select: 'select id from curated.fact join curated.dim_shop using (id)',
})
const models: Model[] = [dimShop, fact, mart]

interface Control {
  answer: Answer
}
function open(of: Model[] = models): { lake: TestLake; control: Control } {
  const control: Control = { answer: () => undefined }
  const partitions: Answer = (sql) =>
    sql.startsWith('select distinct "month"') ? [['2018-01'], ['2018-02']] : undefined
  const answer: Answer = (sql) => control.answer(sql) ?? partitions(sql)
  return { lake: testLake({ tables: { orders, shops }, models: of, answer }), control }
}
const drop = (lake: TestLake, table: 'orders' | 'shops', rows: string) =>
  ringFor(lake, {
    name: `${table}${lake.time.now}.csv`,
    table,
    bytes: `${table === 'shops' ? 'id' : 'id,at'}\n${rows}`,
  })

async function data(lake: TestLake, run: string) {
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  await ingest(lake.fx, { dataset: 'd', run })
  await followLog(lake.fx, { dataset: 'd', run })
  return checkQuality(lake.fx, { dataset: 'd', run })
}
async function whole(lake: TestLake, run: string): Promise<Report> {
  await data(lake, run)
  await runModels(lake, run)
  await publish(lake.fx, { dataset: 'd', run })
  await finish(lake.fx, { dataset: 'd', run })
  return readRecord<Report>(lake.store, keys.report(run))
}
const record = (lake: TestLake, run: string, model: string) =>
  findRecord<ModelRecord>(lake.store, keys.modelDone(run, model))
const statuses = (report: Report) =>
  Object.fromEntries(Object.entries(report.models).map(([n, { status }]) => [n, status]))
const both = async (lake: TestLake) => {
  await drop(lake, 'orders', 'a,2018-01-05 10:00:00\nb,2018-02-05 10:00:00\n')
  await drop(lake, 'shops', 's\n')
}

test('every model that is behind is built, dimensions and facts before what reads them, and shown', async () => {
  const { lake } = open()
  await both(lake)
  const report = await whole(lake, 'R-1')
  expect(statuses(report)).toEqual({ dim_shop: 'published', fact: 'published', mart: 'published' })
  const { models: state } = await lake.state()
  expect(state.fact?.table).toBe('fact__r_1_1')
  expect(Object.keys(state.fact?.partitions ?? {})).toEqual(['2018-01', '2018-02'])
  expect(state.mart?.inputs).toEqual({
    'curated.dim_shop': { '': 'curated/d/dim_shop/R-1/1/' },
    'curated.fact': {
      '2018-01': 'curated/d/fact/R-1/1/month=2018-01/',
      '2018-02': 'curated/d/fact/R-1/1/month=2018-02/',
    },
  })
  const created = lake.statements.filter((sql) => sql.startsWith('CREATE TABLE'))
  expect(created.map((sql) => /"(\w+_new)"/.exec(sql)?.[1])).toEqual([
    'dim_shop__r_1_1_new',
    'fact__r_1_1_new',
    'mart__r_1_1_new',
  ])
  expect(created[2]).toContain('"d_build"."fact__r_1_1"')
  expect(new Set(lake.databases)).toEqual(new Set(['d_build']))
  const shown = await lake.fx.catalog.show('d')
  expect(shown?.views.map(({ name, target }) => [name, target.name])).toEqual([
    ['dim_shop', 'dim_shop__r_1_1'],
    ['fact', 'fact__r_1_1'],
    ['mart', 'mart__r_1_1'],
  ])
})

test('a run that changes nothing a model reads builds nothing', async () => {
  const { lake } = open()
  await both(lake)
  await whole(lake, 'r1')
  lake.statements.length = 0
  expect(statuses(await whole(lake, 'r2'))).toEqual({ dim_shop: 'unchanged', fact: 'unchanged', mart: 'unchanged' })
  expect(lake.statements).toEqual([])
})

test('an incremental model rebuilds the partition that changed and keeps the others where they are', async () => {
  const { lake } = open()
  await both(lake)
  await whole(lake, 'r1')
  lake.statements.length = 0
  await drop(lake, 'orders', 'c,2018-02-06 10:00:00\n')
  expect(statuses(await whole(lake, 'r2'))).toEqual({ dim_shop: 'unchanged', fact: 'published', mart: 'published' })
  const created = lake.statements.find((sql) => sql.startsWith('CREATE TABLE') && sql.includes('fact__'))
  expect(created).toMatch(/where "month" in \('2018-02'\)$/)
  const { partitions } = (await lake.state()).models.fact ?? {}
  expect(Object.values(partitions ?? {}).map(({ location }) => location)).toEqual([
    'curated/d/fact/r1/1/month=2018-01/',
    'curated/d/fact/r2/1/month=2018-02/',
  ])
})

test('a partition for which the select has no row any more goes from the version', async () => {
  const { lake, control } = open([fact])
  await both(lake)
  await whole(lake, 'r1')
  control.answer = (sql) => (sql.startsWith('select distinct "month"') ? [['2018-02']] : undefined)
  await drop(lake, 'orders', 'a,2018-02-06 10:00:00\n')
  await whole(lake, 'r2')
  expect(Object.keys((await lake.state()).models.fact?.partitions ?? {})).toEqual(['2018-02'])
})

describe('a failed error rule', () => {
  const broken: Answer = (sql) =>
    sql.includes('"d_cleaned"."orders"') && sql.includes('as r0') ? [[3, ...Array(49).fill(0)]] : undefined

  test('holds every model that reads the table, also through others; the rest is published', async () => {
    const { lake, control } = open()
    await both(lake)
    control.answer = broken
    const report = await whole(lake, 'r1')
    expect(report.status).toBe('held')
    expect(report.quality.find(({ status }) => status === 'fail')).toMatchObject({ table: 'orders', failing: 3 })
    expect(report.models).toMatchObject({
      dim_shop: { status: 'published' },
      fact: { status: 'held', error: 'rule unique(id) of orders fails for 3 rows' },
      mart: { status: 'held', error: 'rule unique(id) of orders fails for 3 rows' },
    })
    expect(Object.keys((await lake.state()).models)).toEqual(['dim_shop'])
  })

  test('goes on holding while nobody mends it, and is made up for by the next run that finds it mended', async () => {
    const { lake, control } = open()
    await both(lake)
    control.answer = broken
    await whole(lake, 'r1')
    expect((await whole(lake, 'r2')).status).toBe('held')
    control.answer = () => undefined
    expect(statuses(await whole(lake, 'r3'))).toEqual({ dim_shop: 'unchanged', fact: 'published', mart: 'published' })
  })

  test('leaves readers the last good version', async () => {
    const { lake, control } = open()
    await both(lake)
    await whole(lake, 'r1')
    control.answer = broken
    await drop(lake, 'orders', 'a,2018-01-06 10:00:00\n')
    await whole(lake, 'r2')
    expect((await lake.state()).models.fact?.table).toBe('fact__r1_1')
    expect((await lake.fx.catalog.show('d'))?.views.find(({ name }) => name === 'fact')?.target.name).toBe('fact__r1_1')
  })
})

test('a rule that only warns fails in the report and holds nothing', async () => {
  const rules = [{ name: 'odd', severity: 'warn' as const, expect: 'true' }]
  const answer: Answer = (sql) =>
    sql.includes('"d_cleaned"."shops"') && sql.includes('as r1') ? [[0, 0, 2]] : undefined
  const lake = testLake({ tables: { shops: { ...shops, rules } }, models: [dimShop], answer })
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: 'id\ns\n' })
  expect(await data(lake, 'r1')).toEqual({ failed: [] })
  await runModels(lake, 'r1')
  expect(await record(lake, 'r1', 'dim_shop')).toMatchObject({ status: 'built' })
})

describe('quality', () => {
  test('asks once about each table that the run changed or that a model behind it reads', async () => {
    const { lake } = open()
    await both(lake)
    await data(lake, 'r1')
    const asked = () => lake.statements.flatMap((sql) => /from "d_cleaned"\."(\w+)"/.exec(sql)?.[1] ?? [])
    expect(asked()).toEqual(['orders', 'shops'])
    await checkQuality(lake.fx, { dataset: 'd', run: 'r1' })
    expect(lake.statements).toHaveLength(2)
  })

  test('is silent about a table that nothing changed and no stale model reads', async () => {
    const { lake } = open([])
    await both(lake)
    await data(lake, 'r1')
    await finish(lake.fx, { dataset: 'd', run: 'r1' })
    lake.statements.length = 0
    await drop(lake, 'shops', 's2\n')
    await data(lake, 'r2')
    expect(lake.statements).toHaveLength(1)
    expect(lake.statements[0]).toContain('"shops"')
  })
})

describe('a statement that fails', () => {
  test('is tried once more in a fresh place, and what it left behind is no part of the version', async () => {
    const { lake, control } = open([dimShop])
    await both(lake)
    let left = 1
    control.answer = (sql) => (sql.startsWith('CREATE') && left-- > 0 ? new Error('engine trouble') : undefined)
    await data(lake, 'r1')
    await lake.store.put('curated/d/dim_shop/r1/1/left-behind', Buffer.from('x'))
    await runModels(lake, 'r1')
    const built = await record(lake, 'r1', 'dim_shop')
    expect(built).toMatchObject({ status: 'built', model: { table: 'dim_shop__r1_2' } })
    if (built?.status !== 'built') throw new Error('not built')
    expect(Object.values(built.model.partitions).flatMap(({ files }) => files)).toEqual([
      'curated/d/dim_shop/r1/2/part-0',
    ])
  })

  test('twice fails its model with the engine’s reason, holds its descendants and no other', async () => {
    const { lake, control } = open()
    await both(lake)
    control.answer = (sql) =>
      sql.startsWith('CREATE') && sql.includes('fact__') ? new Error('no such function') : undefined
    const report = await whole(lake, 'r1')
    expect(report.models).toEqual({
      dim_shop: { status: 'published', rows: 1 },
      fact: { status: 'failed', rows: 0, error: 'no such function' },
      mart: { status: 'held', rows: 0, error: 'fact was not built' },
    })
    expect(report.status).toBe('failed')
    expect(lake.statements.filter((sql) => sql.startsWith('CREATE') && sql.includes('fact__'))).toHaveLength(2)
    expect(lake.statements.some((sql) => sql.startsWith('CREATE') && sql.includes('mart__'))).toBe(false)
  })
})

test('a model is not built on the older version of an input that failed in this run', async () => {
  const { lake, control } = open()
  await both(lake)
  await whole(lake, 'r1')
  await drop(lake, 'orders', 'c,2018-02-06 10:00:00\n')
  control.answer = (sql) => (sql.startsWith('CREATE') && sql.includes('fact__') ? new Error('trouble') : undefined)
  const report = await whole(lake, 'r2')
  expect(statuses(report)).toEqual({ dim_shop: 'unchanged', fact: 'failed', mart: 'held' })
  const { models: state } = await lake.state()
  expect([state.fact?.table, state.mart?.table]).toEqual(['fact__r1_1', 'mart__r1_1'])
})

test('a step about a model that throws fails this model only', async () => {
  const { lake, control } = open()
  await both(lake)
  control.answer = (sql) => (sql.startsWith('select distinct "month"') ? [[null]] : undefined)
  const report = await whole(lake, 'r1')
  expect(statuses(report)).toEqual({ dim_shop: 'published', fact: 'failed', mart: 'held' })
  expect(report.models.fact?.error).toContain('a partition value is a text')
})

describe('an audit', () => {
  const audited = (severity: 'warn' | 'error') =>
    modelOf('dim_shop', ['cleaned.shops'], {
      select: select('cleaned.shops'),
      audits: [{ name: 'not_null(a)', severity, kind: 'not_null', column: 'a' }],
    })
  const fails: Answer = (sql) => (sql.includes('as c0') && sql.includes('row_count') ? [[4, 9]] : undefined)

  test('of an error that fails keeps the version from readers', async () => {
    const { lake, control } = open([audited('error')])
    await both(lake)
    control.answer = fails
    const report = await whole(lake, 'r1')
    expect(report.models.dim_shop).toEqual({ status: 'failed', rows: 0, error: 'audit not_null(a) fails for 4 rows' })
    expect((await lake.state()).models).toEqual({})
  })

  test('of a warning that fails does not', async () => {
    const { lake, control } = open([audited('warn')])
    await both(lake)
    control.answer = fails
    expect((await whole(lake, 'r1')).models.dim_shop).toEqual({ status: 'published', rows: 9 })
    expect(await record(lake, 'r1', 'dim_shop')).toMatchObject({ warnings: ['audit not_null(a) fails for 4 rows'] })
  })
})

test('a model whose input the catalog shows otherwise than the log is built again from the right one', async () => {
  const { lake } = open([dimShop])
  await both(lake)
  await data(lake, 'r1')
  const shown = await lake.fx.catalog.show('d')
  const stale = structuredClone(shown)
  const partition = stale?.tables.find(({ name }) => name === 'shops')?.partitions[0]
  if (!stale || !partition) throw new Error('no shops')
  partition.location = 'elsewhere/'
  let wrong = true
  lake.fx.catalog.show = (
    (show) => async (dataset: string) =>
      wrong ? stale : show(dataset)
  )(lake.fx.catalog.show)
  const at = { dataset: 'd', run: 'r1', model: 'dim_shop' }
  await buildModels(lake.fx, { dataset: 'd', run: 'r1', action: 'plan' })
  const build = [{ built: true }]
  expect(await buildModels(lake.fx, { ...at, attempt: 1, action: 'audit', build })).toEqual({ again: true })
  expect(await record(lake, 'r1', 'dim_shop')).toBeUndefined()
  expect(await buildModels(lake.fx, { ...at, attempt: 2, action: 'audit', build })).toEqual({ again: false })
  wrong = false
  expect(await record(lake, 'r1', 'dim_shop')).toEqual({
    status: 'failed',
    error: 'the catalog shows other files of cleaned.shops than the log',
  })
})

describe('publish', () => {
  test('is one entry, however often it is repeated', async () => {
    const { lake } = open()
    await both(lake)
    await data(lake, 'r1')
    await runModels(lake, 'r1')
    const first = await publish(lake.fx, { dataset: 'd', run: 'r1' })
    const { seq } = await lake.state()
    expect(await publish(lake.fx, { dataset: 'd', run: 'r1' })).toEqual(first)
    expect(first.published).toEqual(['dim_shop', 'fact', 'mart'])
    expect((await lake.state()).seq).toBe(seq)
  })

  test('writes nothing when nothing was built, and nothing when the run lost the dataset', async () => {
    const { lake } = open()
    await both(lake)
    await data(lake, 'r1')
    await buildModels(lake.fx, { dataset: 'd', run: 'r1', action: 'plan' })
    const { seq } = await lake.state()
    expect(await publish(lake.fx, { dataset: 'd', run: 'r1' })).toEqual({ published: [] })
    expect((await lake.state()).seq).toBe(seq)
    await runModels(lake, 'r1')
    lake.dead.add('r1')
    await planRun(lake, 'r2')
    await expect(publish(lake.fx, { dataset: 'd', run: 'r1' })).rejects.toThrow(Fenced)
    expect((await lake.fx.catalog.show('d'))?.views).toEqual([])
  })
})

test('a run that lost the dataset plans, renders, audits and fails no model', async () => {
  const { lake } = open()
  await both(lake)
  await data(lake, 'r1')
  lake.dead.add('r1')
  await planRun(lake, 'r2')
  const at = { dataset: 'd', run: 'r1', model: 'fact', attempt: 1 }
  for (const input of [
    { ...at, action: 'plan' as const },
    { ...at, action: 'render' as const },
    { ...at, action: 'audit' as const, build: [{ built: true }] },
    { ...at, action: 'fail' as const, error: { Error: 'Boom' } },
  ])
    await expect(buildModels(lake.fx, input), input.action).rejects.toThrow(Fenced)
  expect(await record(lake, 'r1', 'fact')).toBeUndefined()
})
