import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { type ObjectStore, PreconditionFailed } from '@droplake/lake/object-store'
import type { Model } from '@droplake/models/model'
import { modelOf } from '@droplake/models/testing/model'
import { followLog } from '@droplake/services/catalog/follow-log'
import { finish } from '@droplake/services/finish/finish'
import { ingest } from '@droplake/services/ingest/ingest'
import { publish } from '@droplake/services/publish/publish'
import { sweep } from '@droplake/services/sweep/sweep'
import { beforeEach, describe, expect, test } from 'vitest'
import { begin } from './begin.ts'
import { keys } from './keys.ts'
import { entries, readState } from './log.ts'
import { type ModelVersion, modelVersions } from './model-versions.ts'
import { readRecord } from './records.ts'
import type { Report } from './report.ts'
import { type Moved, type RollbackInput, rollback } from './rollback.ts'
import { freshProcess, holderOf, type TestLake, testLake } from './testing/test-lake.ts'
import { runModels } from './testing/test-models.ts'
import { planRun, ringFor, runEnrichment, runTables } from './testing/test-run.ts'

const t: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const mart = modelOf('mart', ['cleaned.t'], { select: 'select id as a from cleaned.t' })
const reader = modelOf('reader', ['curated.mart'], { select: 'select a from curated.mart' })
const beside = modelOf('beside', ['cleaned.t'], { select: 'select id as a from cleaned.t' })

let models: Model[]
let lake: TestLake
/** Hands every operation to this; the store itself by default. */
let between: (store: ObjectStore) => ObjectStore

beforeEach(() => {
  models = [mart, reader, beside]
  between = (store) => store
  lake = testLake({
    tables: { t },
    wrapStore: (store) => ({
      ...store,
      put: (...args) => between(store).put(...args),
    }),
  })
  lake.fx.models = async () => models
})

let drops = 0
/** A run that takes a new row, and publishes a version of every model that is behind. */
async function publishRun(run: string): Promise<Report> {
  await ringFor(lake, { name: `t${++drops}.csv`, table: 't', bytes: `id\n${run}${drops}\n` })
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  const at = { dataset: 'd', run }
  await ingest(lake.fx, at)
  await followLog(lake.fx, at)
  await runModels(lake, run)
  await publish(lake.fx, at)
  await finish(lake.fx, at)
  return readRecord<Report>(lake.store, keys.report(run))
}
let asked = 0
const inputOf = (of: Partial<RollbackInput> = {}): RollbackInput => ({
  dataset: 'd',
  model: 'mart',
  execution: `rollback-${++asked}`,
  startedAt: new Date(lake.time.now).toISOString(),
  ...of,
})
const ask = (of: Partial<RollbackInput> = {}) => rollback(lake.fx, inputOf(of))
const moved = async (of: Partial<RollbackInput> = {}) => (await ask(of)) as Moved
const shown = async () =>
  Object.fromEntries(
    ((await lake.fx.catalog.show('d'))?.views ?? []).map(({ name, target }) => [name, target.name.split('__')[1]]),
  )
const log = async () => {
  const found: string[] = []
  for await (const { kind, run } of entries(lake.store, 'd')) found.push(`${kind} ${run}`)
  return found
}
const statuses = ({ models: of }: Report) =>
  Object.fromEntries(Object.entries(of).map(([name, { status }]) => [name, status]))

describe('a rollback', () => {
  test('moves the view to the version before, in a run of its own, and tells it', async () => {
    await publishRun('r1')
    await publishRun('r2')
    lake.alerts.length = 0
    const answer = await moved()
    expect(answer).toMatchObject({ from: { run: 'r2', rows: 1 }, to: { run: 'r1' }, pinned: true, next: ['reader'] })
    expect(await shown()).toEqual({ mart: 'r1_1', reader: 'r2_1', beside: 'r2_1' })
    expect((await log()).slice(-3)).toEqual(['begin', 'rollback', 'end'].map((kind) => `${kind} ${answer.run}`))
    const state = await lake.state()
    const view = (await lake.fx.catalog.show('d'))?.views.find(({ name }) => name === 'mart')
    expect(view?.seq).toBe(state.seq - 1)
    expect(state.ended.at(-1)).toMatchObject({ purpose: 'rollback', status: 'published' })
    expect(await readRecord<Report>(lake.store, keys.report(answer.run))).toMatchObject({
      status: 'published',
      models: { mart: { status: 'published', rows: 1 } },
    })
    expect(lake.alerts).toMatchObject([
      {
        subject: 'droplake: d: mart rolled back',
        text: expect.stringContaining('droplake rollback mart --release --dataset d'),
        attributes: { dataset: 'd', severity: 'warning', run: answer.run },
      },
    ])
  })

  test('keeps the model there while the rest is published, and models that read it are built from it once', async () => {
    await publishRun('r1')
    await publishRun('r2')
    await ask()
    const next = await publishRun('r3')
    expect(next.status).toBe('published')
    expect(statuses(next)).toEqual({ mart: 'held', reader: 'published', beside: 'published' })
    expect(next.models.mart).toMatchObject({
      rows: 1,
      error: expect.stringMatching(/rolled back by hand on 2024-01-01 to the version of run r1;.* --release/),
    })
    expect((await lake.state()).models.reader?.inputs).toEqual({ 'curated.mart': { '': 'curated/d/mart/r1/1/' } })
    const later = await publishRun('r4')
    expect(statuses(later)).toEqual({ mart: 'held', reader: 'unchanged', beside: 'published' })
    expect(await shown()).toEqual({ mart: 'r1_1', reader: 'r3_1', beside: 'r4_1' })
  })

  test('goes one version further back each time, and never to one that somebody went back from', async () => {
    for (const run of ['r1', 'r2', 'r3']) await publishRun(run)
    expect((await moved()).to.run).toBe('r2')
    models = [{ ...mart, sqlHash: 'mended' }, reader, beside]
    await publishRun('r4')
    expect(await shown()).toMatchObject({ mart: 'r4_1' })
    expect((await moved()).to.run).toBe('r2')
    expect((await moved()).to.run).toBe('r1')
    expect((await moved({ to: 'r3' })).to.run).toBe('r3')
  })

  test('stays when it goes further back than a version of other SQL', async () => {
    await publishRun('r1')
    models = [{ ...mart, sqlHash: 'second' }, reader, beside]
    await publishRun('r2')
    models = [{ ...mart, sqlHash: 'third' }, reader, beside]
    await publishRun('r3')
    await ask()
    expect((await moved()).next).toEqual(['reader'])
    expect(statuses(await publishRun('r4'))).toMatchObject({ mart: 'held' })
    expect(await shown()).toMatchObject({ mart: 'r1_1' })
  })

  test('to the newest version undoes the others: nothing is kept back any more', async () => {
    for (const run of ['r1', 'r2', 'r3']) await publishRun(run)
    await ask({ to: 'r1' })
    lake.alerts.length = 0
    expect(await moved({ to: 'r3' })).toMatchObject({ from: { run: 'r1' }, to: { run: 'r3' }, pinned: false, next: [] })
    expect((await lake.state()).models.mart?.pin).toBeUndefined()
    expect(lake.alerts[0]?.subject).toBe('droplake: d: mart back at its newest version')
    expect((await moved()).to.run).toBe('r2')
  })
})

describe('a model that was rolled back is built again', () => {
  beforeEach(async () => {
    await publishRun('r1')
    await publishRun('r2')
    await ask()
  })

  test('when its SQL is another one', async () => {
    models = [{ ...mart, sqlHash: 'mended' }, reader, beside]
    expect(statuses(await publishRun('r3'))).toMatchObject({ mart: 'published' })
    expect((await lake.state()).models.mart).not.toHaveProperty('pin')
    expect(await shown()).toMatchObject({ mart: 'r3_1' })
  })

  test('when it is released: the view stays until the next run', async () => {
    const before = (await lake.state()).models.mart?.seq
    lake.alerts.length = 0
    const answer = await moved({ release: true })
    expect(answer).toMatchObject({ from: { run: 'r1' }, to: { run: 'r1' }, pinned: false, next: ['mart', 'reader'] })
    expect(lake.alerts[0]?.subject).toBe('droplake: d: mart released')
    expect((await lake.state()).models.mart?.seq).toBe(before)
    expect(await shown()).toMatchObject({ mart: 'r1_1' })
    expect(await readRecord<Report>(lake.store, keys.report(answer.run))).toMatchObject({ status: 'empty' })
    expect(statuses(await publishRun('r3'))).toMatchObject({ mart: 'published' })
    await expect(ask({ release: true })).rejects.toThrow('mart is not rolled back; there is nothing to release')
  })
})

describe('what cannot be done is refused with nothing in the log', () => {
  const refused = async (of: Partial<RollbackInput>, message: string) => {
    const before = await log()
    await expect(ask(of)).rejects.toMatchObject({ name: 'RollbackRefused', message: expect.stringContaining(message) })
    expect(await log()).toEqual(before)
  }

  test('a model or a run that nobody knows, and the version that is shown', async () => {
    await publishRun('r1')
    await refused(
      { model: 'marts' },
      'd has published no model marts; did you mean mart? there are beside, mart, reader',
    )
    await refused({ to: 'r0' }, 'no run r0 has published mart; did you mean r1? droplake rollback mart --list')
    await refused({ to: 'r1' }, 'mart shows the version of run r1 already')
  })

  test('a model of one version', async () => {
    await publishRun('r1')
    await refused({}, 'there was never a version of mart before that of run r1; mend its SQL')
  })

  test('versions that sweep has taken away', async () => {
    for (const run of ['r1', 'r2']) await publishRun(run)
    lake.time.now += 7_200_000
    await sweep(lake.fx, { dataset: 'd', execution: 's', startedAt: '2024-01-01', keep: 0, graceMs: 1000 })
    await refused({}, 'sweep has left no version of mart before that of run r2')
    await refused({ to: 'r1' }, 'sweep has taken away the version of mart that run r1 published')
    const whole = ({ run, whole }: ModelVersion) => [run, whole]
    expect((await modelVersions(lake.fx, await lake.state(), 'mart')).map(whole)).toEqual([
      ['r2', true],
      ['r1', false],
    ])
  })

  test('while a run holds the dataset: it says which', async () => {
    for (const run of ['r1', 'r2']) await publishRun(run)
    await begin(lake.fx, 'd', { run: 'busy', holder: holderOf('busy') })
    const before = await log()
    expect(await ask()).toEqual({ dataset: 'd', model: 'mart', heldBy: 'busy' })
    expect(await log()).toEqual(before)
  })
})

test('sweep keeps the version that a model was moved to, however old it is', async () => {
  for (const run of ['r1', 'r2', 'r3']) await publishRun(run)
  await ask({ to: 'r1' })
  lake.time.now += 7_200_000
  await sweep(lake.fx, { dataset: 'd', execution: 's', startedAt: '2024-01-01', keep: 0, graceMs: 1000 })
  const [newest, ...older] = await modelVersions(lake.fx, await lake.state(), 'mart')
  expect(newest).toMatchObject({ run: 'r3', whole: false })
  expect(older.at(-1)).toMatchObject({ run: 'r1', whole: true, shown: true })
  expect((await lake.fx.catalog.show('d'))?.tables.map(({ name }) => name)).toContain('mart__r1_1')
})

describe('whatever happens on the way', () => {
  beforeEach(async () => {
    for (const run of ['r1', 'r2', 'r3']) await publishRun(run)
  })

  test('repeated, it moves once and answers the same', async () => {
    const input = inputOf()
    const first = await rollback(lake.fx, input)
    const before = await log()
    expect(await rollback(lake.fx, input)).toEqual(first)
    expect(await rollback({ ...lake.fx, store: freshProcess(lake.store) }, input)).toEqual(first)
    expect(await log()).toEqual(before)
  })

  test('with every reply lost, it moves once', async () => {
    between = (store) => ({
      ...store,
      async put(key, bytes, options) {
        await store.put(key, bytes, options)
        if (options?.ifAbsent) throw new PreconditionFailed(key)
        return store.put(key, bytes, options)
      },
    })
    expect((await moved()).to.run).toBe('r2')
    expect((await log()).slice(-3).map((entry) => entry.split(' ')[0])).toEqual(['begin', 'rollback', 'end'])
  })

  /** Fails the puts from the `at`-th on: done or not done. Returns how many there were. */
  const dieAt = (at: number, write: 'done' | 'undone') => {
    const puts = { count: 0 }
    between = (store) => ({
      ...store,
      async put(key, bytes, options) {
        if (++puts.count < at) return store.put(key, bytes, options)
        if (puts.count === at && write === 'done') await store.put(key, bytes, options)
        throw new Error('the process died')
      },
    })
    return puts
  }

  test.each([1, 2, 3, 4, 5, 6].flatMap((at) => [[at, 'done'] as const, [at, 'undone'] as const]))(
    'tried again by the same execution after it died at write %i, %s, it moves once',
    async (at, write) => {
      const input = inputOf()
      dieAt(at, write)
      await expect(rollback(lake.fx, input)).rejects.toThrow('the process died')
      between = (store) => store
      expect(await rollback(lake.fx, input)).toMatchObject({ from: { run: 'r3' }, to: { run: 'r2' } })
      expect(await shown()).toMatchObject({ mart: 'r2_1' })
      expect((await log()).filter((entry) => entry.startsWith('rollback'))).toHaveLength(1)
      expect((await lake.state()).unfinished).toBeUndefined()
    },
  )

  test('dead after the entry that moves it: the next run shows what the log says', async () => {
    const input = inputOf()
    // The begin, the record of what is meant, the entry; then the catalog.
    dieAt(4, 'undone')
    await expect(rollback(lake.fx, input)).rejects.toThrow('the process died')
    between = (store) => store
    lake.dead.add(input.execution)
    expect(await shown()).toMatchObject({ mart: 'r3_1' })
    await expect(ask()).rejects.toThrow(/mart is moved to the version of run r2.*droplake run --dataset d ends it/)
    expect(statuses(await publishRun('r4'))).toMatchObject({ mart: 'held', reader: 'published' })
    expect(await shown()).toMatchObject({ mart: 'r2_1' })
    const dead = (await log()).find((entry) => entry.startsWith('rollback'))?.split(' ')[1]
    expect(await readRecord<Report>(lake.store, keys.report(String(dead)))).toMatchObject({
      status: 'failed',
      models: { mart: { status: 'published' } },
    })
  })

  test('taken over before it moved anything, it moves nothing', async () => {
    const input = inputOf()
    let taken = false
    const store: ObjectStore = {
      ...lake.store,
      async put(key, ...rest) {
        if (key.endsWith('rollback.json') && !taken) {
          taken = true
          await begin(lake.fx, 'd', { run: 'heir', holder: holderOf('heir'), takeOver: true })
        }
        return lake.store.put(key, ...rest)
      },
    }
    await expect(rollback({ ...lake.fx, store }, input)).rejects.toMatchObject({ name: 'Fenced' })
    expect(await shown()).toMatchObject({ mart: 'r3_1' })
    expect((await readState(lake.store, 'd')).unfinished?.run).toBe('heir')
  })

  test('refused only when it holds the dataset, it ends its run and says why', async () => {
    const first = inputOf({ to: 'r2' })
    let looking = true
    const store: ObjectStore = {
      ...lake.store,
      async put(key, ...rest) {
        // Somebody else moves the model just before this one begins.
        if (looking && key.startsWith('ops/log/')) {
          looking = false
          await ask({ to: 'r2' })
        }
        return lake.store.put(key, ...rest)
      },
    }
    await expect(rollback({ ...lake.fx, store }, first)).rejects.toThrow('mart shows the version of run r2 already')
    const state = await readState(lake.store, 'd')
    expect(state.unfinished).toBeUndefined()
    expect(state.ended.at(-1)).toMatchObject({ purpose: 'rollback', status: 'failed' })
  })
})

test('a model that was published before versions were counted has none to go back to', async () => {
  await publishRun('r1')
  const state = await lake.state()
  const { history: _, ...old } = state.models.mart!
  expect(await modelVersions(lake.fx, { ...state, models: { mart: old } }, 'mart')).toEqual([])
})
