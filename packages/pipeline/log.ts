import type { Clock } from '@droplake/lake/clock'
import { type ObjectStore, PreconditionFailed } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { advance, emptyState, type LakeState, type LogEntry, type StoredEntry } from './lake-state.ts'
import { findRecord, readRecord, replaceRecord } from './records.ts'

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
  let state = memory.get(dataset) ?? (await lastCheckpoint(store, dataset)) ?? emptyState(dataset)
  for await (const info of store.list(keys.log(dataset), { after: keys.logEntry(dataset, state.seq) })) {
    const entry = await readRecord<StoredEntry>(store, info.key)
    state = entry.state ?? advance(state, entry)
  }
  const newest = memory.get(dataset)
  if (!newest || newest.seq < state.seq) memory.set(dataset, state)
  return state
}

async function lastCheckpoint(store: ObjectStore, dataset: string): Promise<LakeState | undefined> {
  const hint = await findRecord<{ seq: number }>(store, keys.logHint(dataset))
  return hint ? (await findRecord<StoredEntry>(store, keys.logEntry(dataset, hint.seq)))?.state : undefined
}

/** Every entry from `from` on, oldest first. */
export async function* entries(store: ObjectStore, dataset: string, from = 1): AsyncIterable<StoredEntry> {
  for await (const info of store.list(keys.log(dataset), { after: keys.logEntry(dataset, from - 1) }))
    yield await readRecord<StoredEntry>(store, info.key)
}

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
  const stored: StoredEntry = { ...entry, seq: state.seq + 1, at: clock.now() }
  const next = advance(state, stored)
  const checkpoint = stored.seq % checkpointEvery === 0
  const key = keys.logEntry(state.dataset, stored.seq)
  try {
    const body = checkpoint ? { ...stored, state: next } : stored
    await store.put(key, Buffer.from(`${JSON.stringify(body)}\n`), { ifAbsent: true })
  } catch (error) {
    if (!(error instanceof PreconditionFailed)) throw error
    const found = await readRecord<StoredEntry>(store, key)
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
