import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { begin } from '@droplake/pipeline/begin'
import { keys } from '@droplake/pipeline/keys'
import { append, readState } from '@droplake/pipeline/log'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { holderOf, type TestLake, type TestLakeOptions, testLake } from '@droplake/pipeline/testing/test-lake'
import { filesOf, planRun, ringFor, runTables, storedRows, wholeRun } from '@droplake/pipeline/testing/test-run'
import { describe, expect, test } from 'vitest'
import { sweep } from './sweep.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const hour = 3_600_000
const open = (of: Partial<TestLakeOptions> = {}) => testLake({ tables: { t }, ...of })
const drop = (lake: TestLake, bytes: string) => ringFor(lake, { name: `t${lake.time.now}.csv`, table: 't', bytes })
const listed = async (lake: TestLake, prefix: string) => {
  const found: string[] = []
  for await (const { key } of lake.store.list(prefix)) found.push(key)
  return found
}
let sweeps = 0
const swept = (lake: TestLake, of: { keep?: number; graceMs?: number } = {}) =>
  sweep(lake.fx, {
    dataset: 'd',
    execution: `sweep-${++sweeps}`,
    startedAt: new Date(lake.time.now + sweeps).toISOString(),
    graceMs: hour,
    ...of,
  })
/** Versions of the table, one a run, each run superseding the whole of the one before. */
async function versions(lake: TestLake, count: number): Promise<string[]> {
  const made: string[] = []
  for (let n = 0; n < count; n++) {
    await drop(lake, `id\na\nb\n${'c\n'.repeat(n)}`)
    await wholeRun(lake, `r${n}`)
    made.push(...(await filesOf(lake, 't')).map(({ key }) => key))
    lake.time.now += 2 * hour
  }
  return made
}

describe('it deletes', () => {
  test('versions that no state of the last entries or of the grace reaches, and no other', async () => {
    const lake = open()
    const made = await versions(lake, 4)
    const answer = await swept(lake, { keep: 2, graceMs: hour })
    // Three versions, and what was staged for all four.
    expect(answer).toMatchObject({ dataset: 'd', deleted: 7, kept: 1 })
    const left = await listed(lake, 'cleaned/')
    expect(left).toEqual(made.slice(-1))
    expect((await storedRows(lake, 't', ['id'])).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c'])
  })

  test('what a run that died has left behind, but nothing of what it committed', async () => {
    const lake = open()
    const [committed] = await versions(lake, 1)
    await drop(lake, 'id\nz\n')
    await runTables(lake, 'dead', await planRun(lake, 'dead'))
    lake.dead.add('dead')
    lake.time.now += 2 * hour
    // The stored file's copy, and the new rows.
    expect(await listed(lake, 'cleaned/d/t/dead/')).toHaveLength(2)
    expect((await listed(lake, 'ops/runs/')).filter((key) => key.endsWith('.parquet'))).toHaveLength(2)
    const answer = await swept(lake)
    expect(answer).toMatchObject({ deleted: 4 })
    expect(await listed(lake, 'cleaned/')).toEqual([committed])
    expect((await listed(lake, 'ops/runs/')).filter((key) => key.endsWith('.parquet'))).toEqual([])
    expect(await readRecord<Report>(lake.store, keys.report('dead'))).toMatchObject({ status: 'failed' })
  })
})

describe('it keeps', () => {
  test('what was superseded within the grace, however many entries ago', async () => {
    const lake = open()
    const made = await versions(lake, 4)
    await swept(lake, { keep: 0, graceMs: 5 * hour })
    // Superseded 2, 4 and 6 hours ago.
    expect(await listed(lake, 'cleaned/')).toEqual(made.slice(-3).sort())
  })

  test('what the last entries’ states reach, however long ago they were superseded', async () => {
    const lake = open()
    const made = await versions(lake, 4)
    // The sweep's begin, and the three entries of the last run.
    await swept(lake, { keep: 4, graceMs: 0 })
    expect(await listed(lake, 'cleaned/')).toEqual(made.slice(-2).sort())
  })

  test('young files that nothing reaches: somebody may be about to', async () => {
    const lake = open()
    await versions(lake, 1)
    await lake.store.put('cleaned/d/t/young/0-0.parquet', Buffer.from('x'))
    await swept(lake)
    expect(await listed(lake, 'cleaned/d/t/young/')).toHaveLength(1)
  })

  test('older folders that a version of today points at', async () => {
    const lake = open()
    await versions(lake, 1)
    const location = 'curated/d/m/old/1/month=2018-01/'
    await lake.store.put(`${location}part-0`, Buffer.from('x'))
    await lake.store.put('curated/d/m/old/1/month=2018-02/part-0', Buffer.from('x'))
    const began = await begin(lake.fx, 'd', { run: 'p', holder: holderOf('p') })
    if (!began.begun) throw new Error('held')
    const partitions = { '2018-01': { location, files: [`${location}part-0`], rows: 1 } }
    const models = { m: { sqlHash: 'h', inputs: {}, table: 'm_1', partitions } }
    const published = await append(lake.fx, began.state, { kind: 'publish', run: 'p', models })
    await append(lake.fx, published, { kind: 'end', run: 'p', status: 'published' })
    lake.time.now += 2 * hour
    await swept(lake, { keep: 0 })
    expect(await listed(lake, 'curated/')).toEqual([`${location}part-0`])
  })

  test('raw files, quarantine, the log, records, and other datasets, whatever their age', async () => {
    const lake = open()
    await drop(lake, 'id\na\n\n"broken\n')
    await drop(lake, 'id,n\n,1\n')
    await wholeRun(lake, 'r1')
    await lake.store.put('cleaned/other/t/r1/0-0.parquet', Buffer.from('x'))
    await lake.store.put('ops/runs/other-run/t/clean/0.parquet', Buffer.from('x'))
    const zones = ['raw/', 'quarantine/', 'ops/log/', 'cleaned/other/', 'ops/runs/other-run/', 'ops/catalog/']
    const before = await Promise.all(zones.map((zone) => listed(lake, zone)))
    expect(before.every((keysOf) => keysOf.length > 0)).toBe(true)
    const records = (await listed(lake, 'ops/runs/r1/')).filter((key) => key.endsWith('.json'))
    lake.time.now += 1000 * hour
    await swept(lake, { keep: 0, graceMs: 0 })
    for (const [n, zone] of zones.entries())
      expect(await listed(lake, zone), zone).toEqual(expect.arrayContaining(before[n] ?? []))
    expect(await listed(lake, 'ops/runs/r1/')).toEqual(expect.arrayContaining(records))
  })

  test('everything readable across the checkpoints of a long log', async () => {
    const lake = open()
    await versions(lake, 36)
    expect((await lake.state()).seq).toBeGreaterThan(100)
    const before = await storedRows(lake, 't', ['id'])
    await swept(lake, { keep: 3 })
    expect(await storedRows(lake, 't', ['id'])).toEqual(before)
    expect(await listed(lake, 'cleaned/')).toHaveLength(2)
  })
})

test('it leaves a dataset alone that a run holds', async () => {
  const lake = open()
  await versions(lake, 2)
  await planRun(lake, 'busy')
  const before = await listed(lake, '')
  expect(await swept(lake, { keep: 0, graceMs: 0 })).toEqual({ dataset: 'd', heldBy: 'busy' })
  expect(await listed(lake, '')).toEqual(before)
})

test('it does nothing for a dataset that nothing ever came to', async () => {
  const lake = open()
  expect(await swept(lake)).toEqual({ dataset: 'd', deleted: 0, bytes: 0, kept: 0 })
  expect(await listed(lake, '')).toEqual([])
})

test('a sweep that lost the dataset while it looked deletes nothing', async () => {
  let takeOver: (() => Promise<unknown>) | undefined
  const deleted: string[] = []
  const lake = open({
    wrapStore: (store) => ({
      ...store,
      async *list(prefix, options) {
        yield* store.list(prefix, options)
        const act = prefix === 'ops/runs/' ? takeOver : undefined
        takeOver = prefix === 'ops/runs/' ? undefined : takeOver
        await act?.()
      },
      async delete(gone) {
        deleted.push(...gone)
        return store.delete(gone)
      },
    }),
  })
  await versions(lake, 3)
  deleted.length = 0
  takeOver = () => begin(lake.fx, 'd', { run: 'next', holder: holderOf('next'), takeOver: true })
  await expect(swept(lake, { keep: 0, graceMs: 0 })).rejects.toMatchObject({ name: 'Fenced' })
  expect(deleted).toEqual([])
  expect((await readState(lake.store, 'd')).unfinished?.run).toBe('next')
})

test('a sweep ends what it began, and a run may follow', async () => {
  const lake = open()
  await versions(lake, 1)
  await swept(lake)
  expect((await lake.state()).unfinished).toBeUndefined()
  expect((await lake.state()).ended.at(-1)).toMatchObject({ purpose: 'sweep', status: 'empty' })
  await drop(lake, 'id\nq\n')
  expect((await wholeRun(lake, 'after')).status).toBe('published')
})
