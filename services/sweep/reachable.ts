import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from '@droplake/pipeline/keys'
import { advance, emptyState, type LakeState, type StoredEntry } from '@droplake/pipeline/lake-state'
import { checkpointEvery, entries } from '@droplake/pipeline/log'
import { findRecord } from '@droplake/pipeline/records'

/**
 * The states that a reader may still look at: those after the last `keep` entries, and every one that was in force at
 * some moment since `since` (UTC milliseconds).
 */
export async function* reachableStates(
  store: ObjectStore,
  head: LakeState,
  options: { keep: number; since: number },
): AsyncIterable<LakeState> {
  const { keep, since } = options
  let state = await checkpointBefore(store, head, options)
  for await (const entry of entries(store, head.dataset, state.seq + 1)) {
    const inForce = entry.at >= since || entry.seq > head.seq - keep
    if (inForce) yield state
    state = entry.state ?? advance(state, entry)
  }
  yield state
}

async function checkpointBefore(store: ObjectStore, head: LakeState, { keep, since }: { keep: number; since: number }) {
  let seq = Math.floor(Math.max(0, head.seq - keep) / checkpointEvery) * checkpointEvery
  for (; seq > 0; seq -= checkpointEvery) {
    const entry = await findRecord<StoredEntry>(store, keys.logEntry(head.dataset, seq))
    if (entry?.state && entry.at < since) return entry.state
  }
  return emptyState(head.dataset)
}

/** Every data file that a state names. */
export function* filesOf(state: LakeState): Iterable<string> {
  for (const table of [...Object.values(state.tables), ...Object.values(state.enriched)])
    for (const { files } of Object.values(table.partitions)) for (const { key } of files) yield key
  for (const { partitions } of Object.values(state.models))
    for (const { files } of Object.values(partitions)) yield* files
}
