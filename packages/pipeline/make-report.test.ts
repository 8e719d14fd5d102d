import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { modelOf } from '@droplake/models/testing/model'
import { expect, test } from 'vitest'
import { begin } from './begin.ts'
import { keys } from './keys.ts'
import { append } from './log.ts'
import { makeReport } from './make-report.ts'
import type { ModelPlan, ModelRecord } from './model-records.ts'
import { createRecord } from './records.ts'
import { holderOf, type TestLake, testLake } from './testing/test-lake.ts'
import { planRun, ringFor, runTables, wholeRun } from './testing/test-run.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required(), zip: text.optional({ padTo: 5 }) },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const models = ['built', 'bad', 'stopped', 'held', 'child', 'same'].map((name) => modelOf(name, ['cleaned.t']))
const publishedModel = (rows: number) => ({
  sqlHash: 'h',
  inputs: {},
  table: 'x',
  partitions: { a: { location: 'a/', files: [], rows }, b: { location: 'b/', files: [], rows: 1 } },
})

test('the report of a whole run has its sources, its sums, its traffic and its times', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id,zip\na,123\n,1\nb,00002\na,00001\n,\n' })
  await ringFor(lake, { name: 't2.csv', table: 't', bytes: 'id,zip\n' })
  await ringFor(lake, { name: 't3.csv', table: 't', bytes: '%PDF-1.7 nothing else' })
  const report = await wholeRun(lake, 'r1')
  expect(report).toMatchObject({
    runId: 'r1',
    dataset: 'd',
    status: 'published',
    startedAt: '2024-01-01T00:00:04.000Z',
    quality: [],
    models: {},
    tables: {
      t: {
        records: 5,
        rowsIn: 5,
        kept: 2,
        duplicate: 1,
        quarantined: 1,
        blank: 1,
        repaired: 0,
        replaced: 0,
        rowsTotal: 2,
      },
    },
  })
  expect(report.sources).toMatchObject([
    { key: 'raw/d/t1.csv', table: 't', bytes: 34, rowsIn: 5, outcome: 'taken' },
    { key: 'raw/d/t2.csv', rowsIn: 0, outcome: 'empty' },
    { key: 'raw/d/t3.csv', rowsIn: 0, outcome: 'set_aside', error: expect.stringContaining('PDF') },
  ])
  expect(report.io.bytesIn).toBe(34 + 7 + 21)
  expect(report.io.bytesRead).toBeGreaterThanOrEqual(report.io.bytesIn)
  expect(report.io.bytesWritten).toBeGreaterThan(0)
  expect(report).not.toHaveProperty('error')
})

test('a run that died before Ingest has no sums, and every source of its plan still waits', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id,zip\na,1\n' })
  await runTables(lake, 'r1', await planRun(lake, 'r1'))
  const report = await makeReport(lake.fx, await lake.state(), { run: 'r1', seq: 1, error: 'it died' })
  expect(report).toMatchObject({ status: 'failed', error: 'it died', tables: {} })
  expect(report.sources).toMatchObject([{ outcome: 'deferred', rowsIn: 0 }])
})

test('a run that died before its plan has nothing but its times', async () => {
  const lake = testLake({ tables: { t } })
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e') })
  lake.time.now += 5000
  const report = await makeReport(lake.fx, await lake.state(), { run: 'r1', seq: 1 })
  expect(report).toMatchObject({ status: 'empty', durationMs: 5000, sources: [], models: {} })
})

async function withModels(lake: TestLake, of: { plan: ModelPlan; records: Record<string, ModelRecord> }) {
  const began = await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e') })
  if (!began.begun) throw new Error('held')
  let state = await append(lake.fx, began.state, { kind: 'publish', run: 'r0', models: { same: publishedModel(4) } })
  await createRecord(lake.store, keys.modelPlan('r1'), of.plan)
  for (const [name, record] of Object.entries(of.records))
    await createRecord(lake.store, keys.modelDone('r1', name), record)
  const built = Object.entries(of.records).flatMap(([name, record]) =>
    record.status === 'built' ? [[name, record.model] as const] : [],
  )
  if (built.length > 0)
    state = await append(lake.fx, state, { kind: 'publish', run: 'r1', models: Object.fromEntries(built) })
  return makeReport(lake.fx, state, { run: 'r1', seq: 1 })
}
const built: ModelRecord = { status: 'built', model: publishedModel(2), rows: 3, warnings: [] }
const planOf = (layers: string[][], held = {}): ModelPlan => ({ layers, held, partitions: {}, reasons: {} })

test('each model says what became of it: published, unchanged, held by a rule or a parent, failed, or not finished', async () => {
  const report = await withModels(testLake({ tables: { t }, models }), {
    plan: planOf([['built', 'bad', 'stopped'], ['child']], { held: 'rule unique(id) of t fails for 2 rows' }),
    records: {
      built,
      bad: { status: 'failed', error: 'no such column' },
      child: { status: 'held', error: 'bad was not built' },
    },
  })
  expect(report.models).toEqual({
    built: { status: 'published', rows: 3 },
    bad: { status: 'failed', rows: 0, error: 'no such column' },
    stopped: { status: 'failed', rows: 0, error: 'it was not built to the end' },
    held: { status: 'held', rows: 0, error: 'rule unique(id) of t fails for 2 rows' },
    child: { status: 'held', rows: 0, error: 'bad was not built' },
    same: { status: 'unchanged', rows: 5 },
  })
  expect(report.status).toBe('failed')
})

test('a run that held something and failed nothing is held; one that only published is published', async () => {
  const some = models.filter(({ name }) => ['built', 'held', 'same'].includes(name))
  const held = await withModels(testLake({ tables: { t }, models: some }), {
    plan: planOf([['built']], { held: 'rule' }),
    records: { built },
  })
  expect(held.status).toBe('held')
  const done = await withModels(testLake({ tables: { t }, models: some.slice(0, 1) }), {
    plan: planOf([['built']]),
    records: { built },
  })
  expect(done.status).toBe('published')
})

test('a model that was rolled back is told as held, and the run is none the worse for it', async () => {
  const some = models.filter(({ name }) => ['built', 'same'].includes(name))
  const plan = { ...planOf([['built']]), pinned: { same: 'it was rolled back' } }
  const report = await withModels(testLake({ tables: { t }, models: some }), { plan, records: { built } })
  expect(report.models.same).toEqual({ status: 'held', rows: 5, error: 'it was rolled back' })
  expect(report.status).toBe('published')
})

test('a model that was built but never committed is not published', async () => {
  const lake = testLake({ tables: { t }, models: models.slice(0, 1) })
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e') })
  await createRecord(lake.store, keys.modelPlan('r1'), planOf([['built']]))
  await createRecord(lake.store, keys.modelDone('r1', 'built'), built)
  const report = await makeReport(lake.fx, await lake.state(), { run: 'r1', seq: 1 })
  expect(report.models.built?.status).toBe('failed')
})
