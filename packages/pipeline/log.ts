import type { Clock } from '@droplake/lake/clock'
import { checkFormat, lakeFormat } from '@droplake/lake/format'
import { type ObjectStore, PreconditionFailed } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { advance, emptyState, type LakeState, type LogEntry, type StoredEntry } from './lake-state.ts'
import { DamagedObject, findIntact, readRecord, replaceRecord } from './records.ts'

/** Every such entry carries the whole state. */
export const checkpointEvery = 50

/** Thrown when another run went on with the dataset: stop, and touch nothing more. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
  constructor(dataset: string, run: string, state: LakeState) {
    const holder = state.unfinished ? `${state.unfinished.run} holds it` : 'nobody holds it now'
    super(`log: run ${run} no longer holds ${dataset} at entry ${state.seq}; ${holder}`)
  }
}

const remembered = new WeakMap<ObjectStore, Map<string, LakeState>>()

/** The dataset's state as of the newest entry. Entries never change, so each is read once by a process. */
export async function readState(store: ObjectStore, dataset: string): Promise<LakeState> {
  const memory = remembered.get(store) ?? new Map<string, LakeState>()
  remembered.set(store, memory)
  const known = memory.get(dataset) ?? (await lastCheckpoint(store, dataset)) ?? emptyState(dataset)
  const state = await follow(store, known)
  const newest = memory.get(dataset)
  if (!newest || newest.seq < state.seq) memory.set(dataset, state)
  return state
}

/** The state after every entry that comes after `from`. What is damaged before a checkpoint harms nothing. */
async function follow(store: ObjectStore, from: LakeState): Promise<LakeState> {
  let state = from
  try {
    for await (const entry of entries(store, from.dataset, from.seq + 1)) state = entry.state ?? advance(state, entry)
    return state
  } catch (error) {
    const later = error instanceof DamagedObject && (await laterCheckpoint(store, state))
    if (!later) throw error
    return follow(store, later)
  }
}

/** A hint only says where to look: what is not a checkpoint there is no hint. */
async function lastCheckpoint(store: ObjectStore, dataset: string): Promise<LakeState | undefined> {
  const { seq } = (await findIntact<{ seq?: unknown }>(store, keys.logHint(dataset))) ?? {}
  return typeof seq === 'number' ? checkpointAt(store, dataset, seq) : undefined
}

async function checkpointAt(store: ObjectStore, dataset: string, seq: number): Promise<LakeState | undefined> {
  if (!Number.isSafeInteger(seq) || seq < checkpointEvery || seq % checkpointEvery !== 0) return undefined
  const entry = await findIntact<StoredEntry>(store, keys.logEntry(dataset, seq))
  if (!entry) return undefined
  checkFormat(entry)
  return entry.seq === seq && entry.state?.seq === seq && entry.state.dataset === dataset ? entry.state : undefined
}

async function laterCheckpoint(store: ObjectStore, { dataset, seq }: LakeState): Promise<LakeState | undefined> {
  const seqs: number[] = []
  for await (const { key } of store.list(keys.log(dataset), { after: keys.logEntry(dataset, seq + 1) }))
    seqs.push(seqOf(key))
  for (const later of seqs.reverse()) {
    const state = await checkpointAt(store, dataset, later)
    if (state) return state
  }
  return undefined
}

/** Every entry from `from` on, oldest first. Throws `DamagedObject` on a gap, and on what is no entry. */
export async function* entries(store: ObjectStore, dataset: string, from = 1): AsyncIterable<StoredEntry> {
  let next = from
  for await (const { key } of store.list(keys.log(dataset), { after: keys.logEntry(dataset, from - 1) })) {
    if (seqOf(key) !== next) throw new DamagedObject(keys.logEntry(dataset, next), 'is gone')
    yield await readEntry(store, dataset, next)
    next += 1
  }
}

/** One entry, which is one: of this format, of a kind that is known, and in its place. */
export async function readEntry(store: ObjectStore, dataset: string, seq: number): Promise<StoredEntry> {
  const key = keys.logEntry(dataset, seq)
  const entry = await readRecord<StoredEntry>(store, key)
  checkFormat(entry)
  if (entry.seq !== seq || !kinds.has(entry.kind)) throw new DamagedObject(key, 'is damaged')
  return entry
}

/** Refuses a lake whose log is of another format; one whose first entries are damaged is for others to judge. */
export async function checkLogFormat(store: ObjectStore, datasets: readonly string[]): Promise<void> {
  for (const dataset of datasets)
    for await (const { key } of store.list(keys.log(dataset))) {
      const first = await findIntact<StoredEntry>(store, key)
      if (first) checkFormat(first)
      break
    }
}

const kinds = new Set<StoredEntry['kind']>(['begin', 'ingest', 'publish', 'rollback', 'end'])
const seqOf = (key: string) => Number(key.slice(key.lastIndexOf('/') + 1, -'.json'.length))

/**
 * Writes the entry that follows `state` and returns the state after it.
 *
 * Throws `Fenced` when another run's entry stands there. An entry of the same run and kind counts as this one: a run
 * writes each kind once and its content is fixed by its plan, so it is this very entry whose reply was lost.
 */
export async function append(
  fx: { store: ObjectStore; clock: Clock },
  state: LakeState,
  entry: LogEntry,
): Promise<LakeState> {
  const { store, clock } = fx
  const stored: StoredEntry = { ...entry, seq: state.seq + 1, at: clock.now(), format: lakeFormat }
  const next = advance(state, stored)
  const checkpoint = stored.seq % checkpointEvery === 0
  const key = keys.logEntry(state.dataset, stored.seq)
  try {
    const body = checkpoint ? { ...stored, state: next } : stored
    await store.put(key, Buffer.from(`${JSON.stringify(body)}\n`), { ifAbsent: true })
  } catch (error) {
    if (!(error instanceof PreconditionFailed)) throw error
    const found = await readEntry(store, state.dataset, stored.seq)
    if (found.run !== entry.run || found.kind !== entry.kind)
      throw new Fenced(state.dataset, entry.run, await readState(store, state.dataset))
    return found.state ?? advance(state, found)
  }
  if (checkpoint) await replaceRecord(store, keys.logHint(state.dataset), { seq: stored.seq })
  return next
}

/** The newest state, in which `run` holds the dataset; throws `Fenced` otherwise. */
export async function holding(store: ObjectStore, dataset: string, run: string): Promise<LakeState> {
  const state = await readState(store, dataset)
  if (state.unfinished?.run !== run) throw new Fenced(dataset, run, state)
  return state
}
