import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { keys } from '@droplake/pipeline/keys'
import type { StoredEntry, TableCounts } from '@droplake/pipeline/lake-state'
import { entries, Fenced } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import { readRecord, replaceRecord } from '@droplake/pipeline/records'
import type { DedupeRecord, IngestRecord } from '@droplake/pipeline/step-records'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { planRun, ringFor, runEnrichment, runTables } from '@droplake/pipeline/testing/test-run'
import { describe, expect, test } from 'vitest'
import { checkSums, SumMismatch } from './check-sums.ts'
import { ingest } from './ingest.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const u: TableSpec = { ...t, files: 'u*.csv' }
const input = { dataset: 'd', run: 'r1' }

async function ready(files: Record<string, string>, run = 'r1', lake = testLake({ tables: { t, u } })) {
  for (const [name, bytes] of Object.entries(files)) await ringFor(lake, { name, table: name[0] ?? '', bytes })
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  return lake
}
async function log(lake: TestLake) {
  const found: StoredEntry[] = []
  for await (const entry of entries(lake.store, 'd')) found.push(entry)
  return found
}

test('one entry commits every table and source of the run, and then their markers go', async () => {
  const lake = await ready({
    't1.csv': 'id\na\n',
    't2.csv': 'id\n',
    'u1.csv': 'id\nx\ny\nx\n',
    'u2.csv': 'PK\x03\x04zip',
  })
  expect(await ingest(lake.fx, input)).toEqual({ ingested: true })
  const [, entry, ...others] = await log(lake)
  expect(others).toEqual([])
  if (entry?.kind !== 'ingest') throw new Error('no ingest')
  expect(entry.sources.map(({ key, outcome, records }) => [key, outcome, records])).toEqual([
    ['raw/d/t1.csv', 'taken', 1],
    ['raw/d/t2.csv', 'empty', 0],
    ['raw/d/u1.csv', 'taken', 3],
    ['raw/d/u2.csv', 'set_aside', 0],
  ])
  expect(entry.tables.t?.counts).toMatchObject({ kept: 1, rowsTotal: 1 })
  expect(entry.tables.u?.counts).toMatchObject({ rowsIn: 3, kept: 2, duplicate: 1, rowsTotal: 2 })
  expect(await pendingSources(lake.store, 'd')).toEqual([])
})

test('an ingest that is repeated commits nothing more, and takes away what markers are left', async () => {
  const lake = await ready({ 't1.csv': 'id\na\n' })
  const marker = await readRecord<{ id: string }>(lake.store, (await firstKey(lake, keys.pending('d'))) ?? '')
  await ingest(lake.fx, input)
  await replaceRecord(lake.store, keys.marker('d', marker.id), marker)
  expect(await ingest(lake.fx, input)).toEqual({ ingested: true })
  expect((await log(lake)).map(({ kind }) => kind)).toEqual(['begin', 'ingest'])
  expect(await pendingSources(lake.store, 'd')).toEqual([])
})

const firstKey = async (lake: TestLake, prefix: string) => {
  for await (const { key } of lake.store.list(prefix)) return key
  return undefined
}

test('a run without a source commits no data', async () => {
  const lake = await ready({})
  expect(await ingest(lake.fx, input)).toEqual({ ingested: false })
  expect((await log(lake)).map(({ kind }) => kind)).toEqual(['begin'])
})

test('a run that was taken over commits nothing', async () => {
  const lake = await ready({ 't1.csv': 'id\na\n' })
  lake.dead.add('r1')
  await ready({}, 'r2', lake)
  await expect(ingest(lake.fx, input)).rejects.toThrow(Fenced)
  expect((await log(lake)).map(({ kind, run }) => `${kind} ${run}`)).toEqual(['begin r1', 'begin r2'])
  expect(await pendingSources(lake.store, 'd')).toHaveLength(1)
})

describe('a table is left as it was, and its file waits, when', () => {
  const leftOut = async (lake: TestLake, failure: { step: string; name: string }) => {
    expect(await ingest(lake.fx, input)).toEqual({ ingested: false })
    expect((await log(lake)).map(({ kind }) => kind)).toEqual(['begin'])
    expect((await readRecord<IngestRecord>(lake.store, keys.ingest('r1'))).failed.t).toMatchObject(failure)
    const own = !failure.name.startsWith('Lambda')
    expect(await pendingSources(lake.store, 'd')).toMatchObject([{ attempts: [{ run: 'r1', own }] }])
  }
  const changed = async (change: (record: DedupeRecord) => void) => {
    const lake = await ready({ 't1.csv': 'id\na\nb\nb\n' })
    const key = keys.dedupeDone('r1', 't', 0)
    const record = await readRecord<DedupeRecord>(lake.store, key)
    change(record)
    await replaceRecord(lake.store, key, record)
    return lake
  }
  const sums = { step: 'Ingest', name: 'SumMismatch' }

  test('Dedupe left no record', async () => {
    const lake = await ready({ 't1.csv': 'id\na\n' })
    await lake.store.delete([keys.dedupeDone('r1', 't', 0)])
    await leftOut(lake, { step: 'Dedupe', name: 'Lambda.NoAnswer' })
  })

  test('Accept left no record', async () => {
    const lake = await ready({ 't1.csv': 'id\na\n' })
    await lake.store.delete([keys.accept('r1', 't')])
    await leftOut(lake, { step: 'Accept', name: 'Lambda.NoAnswer' })
  })

  test('a row is unaccounted for', async () => {
    await leftOut(await changed(({ units: [unit] }) => unit && unit.duplicate--), sums)
  })

  test('a file lacks rows that were kept', async () => {
    await leftOut(await changed(({ units: [unit] }) => unit?.files[0] && unit.files[0].rows--), sums)
  })

  test('rows are said to be replaced that nothing had', async () => {
    await leftOut(await changed(({ units: [unit] }) => unit && unit.replaced++), sums)
  })
})

test('the sums: every row in is kept, duplicate, quarantined or blank; the table grows by what is kept less what is replaced', () => {
  const counts: TableCounts = {
    records: 10,
    rowsIn: 10,
    kept: 5,
    duplicate: 2,
    quarantined: 2,
    blank: 1,
    repaired: 3,
    replaced: 4,
    rowsTotal: 101,
  }
  expect(() => checkSums('t', counts, 100)).not.toThrow()
  for (const field of ['rowsIn', 'kept', 'duplicate', 'quarantined', 'blank', 'replaced', 'rowsTotal'] as const)
    expect(() => checkSums('t', { ...counts, [field]: counts[field] + 1 }, 100), field).toThrow(SumMismatch)
  expect(() => checkSums('t', counts, 99)).toThrow('101 rows in the table, but 99 before + 5 kept - 4 replaced')
})
