import { text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from '@droplake/pipeline/keys'
import { Fenced } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import { readRecord } from '@droplake/pipeline/records'
import type { AcceptRecord } from '@droplake/pipeline/step-records'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { planRun, ringFor, runTables, storedRows, wholeRun } from '@droplake/pipeline/testing/test-run'
import { describe, expect, test } from 'vitest'
import { accept } from './accept.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required(), at: timestamp.required(), v: text.optional() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'at' },
}
const row = (id: string, month: string, v = '') => `${id},2018-${month}-05 10:00:00,${v}\n`
const file = (...rows: string[]) => `id,at,v\n${rows.join('')}`
const accepted = (lake: TestLake, run: string) => readRecord<AcceptRecord>(lake.store, keys.accept(run, 't'))

/** A store in which reading some raw files fails with an error of this name. */
const failing = (failures: Map<string, { name: string; code?: string }>) => (store: ObjectStore) => ({
  ...store,
  read(key: string, options?: Parameters<ObjectStore['read']>[1]) {
    const failure = failures.get(key)
    if (!failure) return store.read(key, options)
    return Promise.reject(Object.assign(new Error(`object store: ${failure.name}: ${key}`), failure))
  },
})

async function failingLake(settings: { sliceBytes?: number } = {}) {
  const failures = new Map<string, { name: string; code?: string }>()
  return { failures, lake: testLake({ tables: { t }, settings, wrapStore: failing(failures) }) }
}

test('a source whose item failed waits and keeps its marker; the others of the run are taken', async () => {
  const { failures, lake } = await failingLake()
  failures.set('raw/d/t2.csv', { name: 'Boom' })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
  await ringFor(lake, { name: 't2.csv', table: 't', bytes: file(row('b', '01')) })
  // They share an item, which fails; afterwards each has one of its own.
  const first = await wholeRun(lake, 'r1')
  expect(first.sources.map(({ outcome, error }) => [outcome, error])).toEqual([
    ['deferred', 'object store: Boom: raw/d/t2.csv'],
    ['deferred', 'object store: Boom: raw/d/t2.csv'],
  ])
  const second = await wholeRun(lake, 'r2')
  expect(second.sources.map(({ outcome }) => outcome)).toEqual(['taken', 'deferred'])
  expect(await pendingSources(lake.store, 'd')).toMatchObject([
    { key: 'raw/d/t2.csv', attempts: [{ run: 'r1' }, { run: 'r2' }] },
  ])
  expect((await storedRows(lake, 't', ['id'])).map(({ id }) => id)).toEqual(['a'])
  failures.clear()
  expect((await wholeRun(lake, 'r3')).sources.map(({ outcome }) => outcome)).toEqual(['taken'])
  expect(await pendingSources(lake.store, 'd')).toEqual([])
})

test('the third failure of its own sets a source aside, with the reason', async () => {
  const { failures, lake } = await failingLake()
  failures.set('raw/d/t1.csv', { name: 'Boom' })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
  const outcomes = []
  for (const run of ['r1', 'r2', 'r3']) outcomes.push((await wholeRun(lake, run)).sources[0]?.outcome)
  expect(outcomes).toEqual(['deferred', 'deferred', 'set_aside'])
  const [source] = Object.values((await lake.state()).sources)
  expect(source).toMatchObject({
    outcome: 'set_aside',
    run: 'r3',
    error: 'it failed 3 times: object store: Boom: raw/d/t1.csv',
  })
  expect(await pendingSources(lake.store, 'd')).toEqual([])
})

describe('a source is never set aside for trouble of', () => {
  const untouched = async (of: { name: string; code?: string }, settings: { sliceBytes?: number } = {}) => {
    const { failures, lake } = await failingLake(settings)
    failures.set('raw/d/t1.csv', of)
    await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(...Array(5).fill(row('a', '01'))) })
    const outcomes = new Set<string | undefined>()
    for (const run of ['r1', 'r2', 'r3', 'r4']) outcomes.add((await wholeRun(lake, run)).sources[0]?.outcome)
    return outcomes
  }

  test('a permission, when its item fails', async () => {
    expect(await untouched({ name: 'AccessDenied' })).toEqual(new Set(['deferred']))
  })

  test('a permission, when the file is large and the look for its cuts fails', async () => {
    expect(await untouched({ name: 'AccessDenied' }, { sliceBytes: 40 })).toEqual(new Set(['deferred']))
  })

  test('the disk, whose errors have a code and no name of their own', async () => {
    expect(await untouched({ name: 'Error', code: 'ENOSPC' })).toEqual(new Set(['deferred']))
  })
})

test('what is accepted is decided once, in the order of the plan', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, { name: 't9.csv', table: 't', bytes: file(row('a', '01')) })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
  const planned = await planRun(lake, 'r1')
  await runTables(lake, 'r1', planned)
  const decided = await accepted(lake, 'r1')
  expect(decided.sources).toEqual([
    { source: 0, outcome: 'taken' },
    { source: 1, outcome: 'duplicate' },
  ])
  await accept(lake.fx, { dataset: 'd', run: 'r1', table: 't' })
  expect(await accepted(lake, 'r1')).toEqual(decided)
})

test('a run that lost the dataset accepts nothing', async () => {
  const lake = testLake({ tables: { t } })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
  await planRun(lake, 'r1')
  lake.dead.add('r1')
  await planRun(lake, 'r2')
  await expect(accept(lake.fx, { dataset: 'd', run: 'r1', table: 't' })).rejects.toThrow(Fenced)
  expect(await lake.store.head(keys.accept('r1', 't'))).toBeUndefined()
})

test('the units are the touched partitions, in buckets that hold no more rows than one unit may', async () => {
  const lake = testLake({ tables: { t }, settings: { bucketRows: 4 } })
  const rows = Array.from({ length: 9 }, (_, n) => row(`k${n}`, '02'))
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(...rows, row('x', '01')) })
  await wholeRun(lake, 'r1')
  const { units } = await accepted(lake, 'r1')
  expect(units.map(({ partition, bucket, buckets }) => `${partition} ${bucket}/${buckets}`)).toEqual([
    '2018-01 0/1',
    '2018-02 0/4',
    '2018-02 1/4',
    '2018-02 2/4',
    '2018-02 3/4',
  ])
  await ringFor(lake, { name: 't2.csv', table: 't', bytes: file(row('y', '02')) })
  await wholeRun(lake, 'r2')
  expect((await accepted(lake, 'r2')).units.map(({ partition, buckets }) => `${partition}/${buckets}`)).toEqual(
    Array(4).fill('2018-02/4'),
  )
})

describe('a key that comes back in another partition', () => {
  test('brings its old partition into the run, and stands in one place', async () => {
    const lake = testLake({ tables: { t } })
    await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01', 'old'), row('b', '01')) })
    await wholeRun(lake, 'r1')
    await ringFor(lake, { name: 't2.csv', table: 't', bytes: file(row('a', '03', 'new')) })
    const report = await wholeRun(lake, 'r2')
    const { movers, units } = await accepted(lake, 'r2')
    expect(Object.values(movers)).toEqual([['2018-01', '2018-03']])
    expect(units.map(({ partition }) => partition)).toEqual(['2018-01', '2018-03'])
    const rows = await storedRows(lake, 't', ['id', 'v'])
    expect(rows).toEqual([
      { id: 'b', v: null, in: '2018-01' },
      { id: 'a', v: 'new', in: '2018-03' },
    ])
    expect(report.tables.t).toMatchObject({ kept: 1, replaced: 1, rowsTotal: 2 })
  })

  test('also within one run, and a partition that it empties goes', async () => {
    const lake = testLake({ tables: { t } })
    await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
    await wholeRun(lake, 'r1')
    await ringFor(lake, { name: 't2.csv', table: 't', bytes: file(row('a', '02')) })
    await ringFor(lake, { name: 't3.csv', table: 't', bytes: file(row('a', '03')) })
    const report = await wholeRun(lake, 'r2')
    expect((await storedRows(lake, 't', ['id'])).map((found) => found.in)).toEqual(['2018-03'])
    expect(Object.keys((await lake.state()).tables.t?.partitions ?? {})).toEqual(['2018-03'])
    expect(report.tables.t).toMatchObject({ rowsIn: 2, kept: 1, duplicate: 1, replaced: 1, rowsTotal: 1 })
  })

  test('is not looked for where the contract says that it cannot be', async () => {
    const partition = { name: 'month', by: 'month' as const, of: 'at', immutable: true }
    const lake = testLake({ tables: { t: { ...t, partition } } })
    await ringFor(lake, { name: 't1.csv', table: 't', bytes: file(row('a', '01')) })
    await wholeRun(lake, 'r1')
    await ringFor(lake, { name: 't2.csv', table: 't', bytes: file(row('a', '02')) })
    await wholeRun(lake, 'r2')
    expect((await accepted(lake, 'r2')).movers).toEqual({})
  })
})
