import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { begin } from '@droplake/pipeline/begin'
import { keys } from '@droplake/pipeline/keys'
import { append, entries, readState } from '@droplake/pipeline/log'
import type { Plan } from '@droplake/pipeline/plan'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { holderOf, type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { planRun, ringFor, runEnrichment, runTables, wholeRun } from '@droplake/pipeline/testing/test-run'
import { describe, expect, test } from 'vitest'
import { ingest } from '../ingest/ingest.ts'
import { finish } from './finish.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const open = () => testLake({ tables: { t } })
const drop = (lake: TestLake, name: string, bytes = `id\n${name}\n`) => ringFor(lake, { name, table: 't', bytes })
const kinds = async (lake: TestLake) => {
  const found: string[] = []
  for await (const { kind, run } of entries(lake.store, 'd')) found.push(`${kind} ${run}`)
  return found
}
const objects = async (lake: TestLake) => {
  const infos = []
  for await (const info of lake.store.list('')) infos.push(info)
  return infos
}
async function upToIngest(lake: TestLake, run: string) {
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  await ingest(lake.fx, { dataset: 'd', run })
}

describe('after the end another run is asked for', () => {
  test('when a bell rang that the plan did not see', async () => {
    const lake = open()
    await drop(lake, 't1.csv')
    await upToIngest(lake, 'r1')
    await drop(lake, 't2.csv')
    expect(await finish(lake.fx, { dataset: 'd', run: 'r1' })).toEqual({ status: 'published', again: true })
  })

  test('not when all that waits was seen: what was deferred would only fail again', async () => {
    const lake = testLake({
      tables: { t },
      wrapStore: (store) => ({
        ...store,
        read: (key, options) =>
          key.startsWith('raw/') ? Promise.reject(new Error('denied')) : store.read(key, options),
      }),
    })
    await drop(lake, 't1.csv')
    await upToIngest(lake, 'r1')
    expect(await finish(lake.fx, { dataset: 'd', run: 'r1' })).toEqual({ status: 'empty', again: false })
  })

  test('not when the bell that the plan did not see is of a source that the log knows', async () => {
    const lake = open()
    const source = await drop(lake, 't1.csv')
    await wholeRun(lake, 'r1')
    await upToIngest(lake, 'r2')
    await lake.store.put(keys.marker('d', source.id), Buffer.from(JSON.stringify(source)))
    expect((await finish(lake.fx, { dataset: 'd', run: 'r2' })).again).toBe(false)
  })

  test('when the plan had no room for a source', async () => {
    const lake = testLake({ tables: { t }, settings: { packFiles: 1 } })
    for (let n = 0; n < 1001; n++) await drop(lake, `t${n}.csv`, 'id\n')
    await planRun(lake, 'r1')
    await recordSource(lake, 'r1')
    expect((await finish(lake.fx, { dataset: 'd', run: 'r1' })).again).toBe(true)
  })

  test('but not at once when the run could decide about none', async () => {
    const lake = testLake({ tables: { t }, settings: { packFiles: 1 } })
    for (let n = 0; n < 1001; n++) await drop(lake, `t${n}.csv`, 'id\n')
    await planRun(lake, 'r1')
    expect((await finish(lake.fx, { dataset: 'd', run: 'r1' })).again).toBe(false)
  })
})

/** Commits the plan's first source as an empty one. */
async function recordSource(lake: TestLake, run: string) {
  const plan = await readRecord<Plan>(lake.store, keys.plan(run))
  const [source] = plan.sources
  if (!source) throw new Error('the plan has no source')
  const { id, key, table, etag, bytes, lastModified } = source
  const sources = [{ id, run, key, table, etag, bytes, lastModified, outcome: 'empty' as const }]
  const state = await readState(lake.store, 'd')
  await append(lake.fx, state, { kind: 'ingest', run, sources, tables: {}, enriched: {}, quarantine: [] })
}

describe('a run that was taken over', () => {
  test('is told so at its end, and writes nothing', async () => {
    const lake = open()
    await drop(lake, 't1.csv')
    await upToIngest(lake, 'slow')
    lake.dead.add('slow')
    await begin(lake.fx, 'd', { run: 'quick', holder: holderOf('quick') })
    const before = await objects(lake)
    for (const error of [undefined, { Error: 'Fenced' }])
      expect(await finish(lake.fx, { dataset: 'd', run: 'slow', ...(error ? { error } : {}) })).toEqual({
        status: 'fenced',
        again: false,
      })
    expect(await objects(lake)).toEqual(before)
  })

  test('has its report written by who took over, with what it had committed', async () => {
    const lake = open()
    await drop(lake, 't1.csv')
    await upToIngest(lake, 'dead')
    lake.dead.add('dead')
    await wholeRun(lake, 'heir')
    expect(await readRecord<Report>(lake.store, keys.report('dead'))).toMatchObject({
      runId: 'dead',
      status: 'failed',
      sources: [{ outcome: 'taken' }],
      tables: { t: { kept: 1 } },
      error: expect.stringContaining('ended before the run did'),
    })
  })

  test('by one that died as well has its report in the end', async () => {
    const lake = open()
    await drop(lake, 't1.csv')
    for (const run of ['first', 'second']) {
      await begin(lake.fx, 'd', { run, holder: holderOf(run) })
      lake.dead.add(run)
    }
    await wholeRun(lake, 'third')
    for (const run of ['first', 'second']) expect(await lake.store.head(keys.report(run)), run).toBeDefined()
  })
})

test('an end that is repeated answers the same and ends nothing twice', async () => {
  const lake = open()
  await drop(lake, 't1.csv')
  await upToIngest(lake, 'r1')
  const first = await finish(lake.fx, { dataset: 'd', run: 'r1' })
  const before = await objects(lake)
  expect(await finish(lake.fx, { dataset: 'd', run: 'r1' })).toEqual(first)
  expect(await objects(lake)).toEqual(before)
  expect(await kinds(lake)).toEqual(['begin r1', 'ingest r1', 'end r1'])
})

test('a run that failed says what failed, in the words of the service', async () => {
  const lake = open()
  await drop(lake, 't1.csv')
  await planRun(lake, 'r1')
  const Cause = JSON.stringify({ errorType: 'SumMismatch', errorMessage: 'ingest: a row is missing' })
  const answer = await finish(lake.fx, { dataset: 'd', run: 'r1', failed: { ingest: { Error: 'SumMismatch', Cause } } })
  expect(answer).toEqual({ status: 'failed', again: false })
  expect((await readRecord<Report>(lake.store, keys.report('r1'))).error).toBe(
    'Ingest: SumMismatch: ingest: a row is missing',
  )
  expect((await lake.state()).ended).toMatchObject([{ run: 'r1', status: 'failed' }])
})

test('the catalog follows the end of a run that failed after its data were committed', async () => {
  const lake = open()
  await drop(lake, 't1.csv')
  await upToIngest(lake, 'r1')
  await finish(lake.fx, { dataset: 'd', run: 'r1', failed: { quality: { Error: 'Boom' } } })
  expect((await lake.fx.catalog.show('d'))?.tables[0]?.partitions).toMatchObject([{ rows: 1 }])
})
