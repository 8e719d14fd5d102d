import { memoryStore } from '@droplake/lake/memory-store'
import { type ObjectStore, PreconditionFailed } from '@droplake/lake/object-store'
import { expect, test } from 'vitest'
import { begin } from './begin.ts'
import { keys } from './keys.ts'
import type { LakeState, LoggedSource, RunStatus } from './lake-state.ts'
import { append, entries, Fenced, holding, readState } from './log.ts'
import { readRecord, replaceRecord } from './records.ts'
import { freshProcess, holderOf } from './testing/test-lake.ts'

function open(store: ObjectStore = memoryStore()) {
  const dead = new Set<string>()
  const clock = { now: () => 1_700_000_000_000 }
  const executions = { alive: async ({ execution }: { execution: string }) => !dead.has(execution) }
  return { store, clock, executions, dead }
}
type Fx = ReturnType<typeof open>

async function started(fx: Fx, run: string): Promise<LakeState> {
  const answer = await begin(fx, 'd', { run, holder: holderOf(run) })
  if (!answer.begun) throw new Error(`held by ${answer.heldBy}`)
  return answer.state
}

const sourceOfRun = (run: string): LoggedSource => ({
  id: `source-${run}`,
  run,
  key: `raw/d/${run}.csv`,
  table: 't',
  etag: 'e',
  bytes: 1,
  lastModified: 1,
  outcome: 'taken',
})

const ingestOf = (run: string) => ({
  kind: 'ingest' as const,
  run,
  sources: [sourceOfRun(run)],
  tables: {},
  enriched: {},
  quarantine: [],
})
const endOf = (run: string, status: RunStatus = 'published') => ({ kind: 'end' as const, run, status })

/** A store whose next conditional create of an entry succeeds and answers 412: the reply was lost and the request sent again. */
function losingReplies(store: ObjectStore) {
  const lose = { next: false }
  const losing: ObjectStore = {
    ...store,
    async put(key, bytes, options) {
      const info = await store.put(key, bytes, options)
      if (!lose.next || !options?.ifAbsent) return info
      lose.next = false
      throw new PreconditionFailed(key)
    },
  }
  return { losing, lose }
}

test('the entries of a run follow each other from 1, and each state is the one that a reader finds', async () => {
  const fx = open()
  expect(await readState(fx.store, 'd')).toMatchObject({ seq: 0, sources: {}, abandoned: 0 })
  let state = await started(fx, 'r1')
  expect(state).toMatchObject({ seq: 1, unfinished: { run: 'r1', seq: 1, holder: holderOf('r1') } })
  state = await append(fx, state, ingestOf('r1'))
  state = await append(fx, state, endOf('r1'))
  expect(state).toMatchObject({ seq: 3, sources: { 'source-r1': { outcome: 'taken' } }, ended: [{ run: 'r1' }] })
  expect(state.unfinished).toBeUndefined()
  expect(await readState(freshProcess(fx.store), 'd')).toEqual(state)
  const log = []
  for await (const entry of entries(fx.store, 'd', 2)) log.push([entry.seq, entry.kind])
  expect(log).toEqual([
    [2, 'ingest'],
    [3, 'end'],
  ])
})

test('a run that was taken over is fenced at its next entry, and leaves the log as it was', async () => {
  const fx = open()
  const slow = await started(fx, 'slow')
  fx.dead.add('slow')
  const quick = await started(fx, 'quick')
  await expect(append(fx, slow, ingestOf('slow'))).rejects.toThrow(Fenced)
  await expect(holding(fx.store, 'd', 'slow')).rejects.toThrow(Fenced)
  await expect(append(fx, slow, ingestOf('slow'))).rejects.toThrow('quick holds it')
  expect(await readState(freshProcess(fx.store), 'd')).toEqual(quick)
})

test('a run that was taken over by one that ended is fenced too', async () => {
  const fx = open()
  const slow = await started(fx, 'slow')
  fx.dead.add('slow')
  await append(fx, await started(fx, 'quick'), endOf('quick'))
  await expect(append(fx, slow, endOf('slow'))).rejects.toThrow('nobody holds it now')
  await expect(holding(fx.store, 'd', 'slow')).rejects.toThrow(Fenced)
})

test('an entry whose reply was lost counts as written, once', async () => {
  const { losing, lose } = losingReplies(memoryStore())
  const fx = open(losing)
  lose.next = true
  const begun = await started(fx, 'r1')
  lose.next = true
  const ingested = await append(fx, begun, ingestOf('r1'))
  expect(ingested).toMatchObject({ seq: 2, unfinished: { run: 'r1', ingest: 2 } })
  expect(await readState(freshProcess(losing), 'd')).toEqual(ingested)
})

test('another entry of the same run is not taken for the one that was to be written', async () => {
  const fx = open()
  const begun = await started(fx, 'r1')
  await append(fx, begun, ingestOf('r1'))
  await expect(append(fx, begun, endOf('r1'))).rejects.toThrow(Fenced)
})

test('an entry that cannot follow is refused by the name of the one that is gone', async () => {
  const fx = open()
  await started(fx, 'r1')
  expect((await readState(fx.store, 'd')).seq).toBe(1)
  await fx.store.put(keys.logEntry('d', 3), Buffer.from(JSON.stringify({ ...endOf('r1'), seq: 3, at: 0 })))
  await expect(readState(freshProcess(fx.store), 'd')).rejects.toThrow('ops/log/d/00000002.json is gone')
})

/** A log of `runs` runs, three entries each. */
async function longLog(runs: number, store = memoryStore()) {
  const fx = open(store)
  let state: LakeState | undefined
  for (let n = 1; n <= runs; n++) {
    state = await append(fx, await started(fx, `r${n}`), ingestOf(`r${n}`))
    state = await append(fx, state, endOf(`r${n}`))
  }
  return { fx, state }
}

function countingReads(store: ObjectStore) {
  const reads: string[] = []
  const counting: ObjectStore = {
    ...store,
    read(key, options) {
      reads.push(key)
      return store.read(key, options)
    },
  }
  return { counting, reads }
}

test('every 50th entry carries the whole state, and a new process begins at the last one', async () => {
  const { fx, state } = await longLog(35)
  expect(state?.seq).toBe(105)
  for await (const entry of entries(fx.store, 'd')) expect(entry.state !== undefined).toBe(entry.seq % 50 === 0)
  const hundredth = await readRecord<{ state: LakeState }>(fx.store, keys.logEntry('d', 100))
  expect(Object.keys(hundredth.state.sources)).toHaveLength(33)

  const { counting, reads } = countingReads(fx.store)
  expect(await readState(counting, 'd')).toEqual(state)
  expect(reads).toEqual([keys.logHint('d'), ...[100, 101, 102, 103, 104, 105].map((seq) => keys.logEntry('d', seq))])
  await readState(counting, 'd')
  expect(reads).toHaveLength(7)
})

test('the hint only saves time: without it, and with a wrong one, the state is the same', async () => {
  const { fx, state } = await longLog(35)
  for (const seq of [50, 7, 999]) {
    await replaceRecord(fx.store, keys.logHint('d'), { seq })
    expect(await readState(freshProcess(fx.store), 'd'), `hint ${seq}`).toEqual(state)
  }
  await fx.store.delete([keys.logHint('d')])
  expect(await readState(freshProcess(fx.store), 'd')).toEqual(state)
})

test('a checkpoint whose reply was lost gives the same state', async () => {
  const { losing, lose } = losingReplies(memoryStore())
  const { fx } = await longLog(16, losing)
  const begun = await started(fx, 'r17')
  expect(begun.seq).toBe(49)
  lose.next = true
  const state = await append(fx, begun, ingestOf('r17'))
  expect(state).toMatchObject({ seq: 50, unfinished: { run: 'r17', ingest: 50 } })
  expect(await readState(freshProcess(losing), 'd')).toEqual(state)
})

test('what one process remembers never hides what another one wrote', async () => {
  const fx = open()
  const other = freshProcess(fx.store)
  await started(fx, 'r1')
  expect((await readState(other, 'd')).seq).toBe(1)
  await append(fx, await holding(fx.store, 'd', 'r1'), endOf('r1'))
  expect(await readState(other, 'd')).toMatchObject({ seq: 2, ended: [{ run: 'r1' }] })
})
