import { createHash } from 'node:crypto'
import { chunksOf } from '@droplake/columnar/file-bytes'
import type { Clock } from '@droplake/lake/clock'
import type { ObjectInfo, ObjectStore } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { readState } from './log.ts'
import { arrivalOf, pendingSources, ring, type Source } from './markers.ts'
import { objectBytes } from './read-source.ts'
import { findIntact, replaceRecord } from './records.ts'

/** Records sources of one dataset as pending, in the order in which they are given. */
export interface Queue {
  /** The sources of one object as they are recorded: another may have recorded them before. */
  enqueue(sources: readonly Source[]): Promise<Source[]>
}

/** The last arrival that this process gave out or saw, by store and dataset. */
const lastArrivals = new WeakMap<ObjectStore, Map<string, number>>()

/**
 * A source's rank is its arrival. Where the store does not date uploads it is given here: now, but always after everything
 * that arrived before, also within one millisecond and when the clock was set back.
 */
export async function openQueue(
  { store, clock }: { store: ObjectStore; clock: Clock },
  dataset: string,
): Promise<Queue> {
  const last = lastArrivals.get(store) ?? new Map<string, number>()
  lastArrivals.set(store, last)
  const saw = (arrival: number) => last.set(dataset, Math.max(last.get(dataset) ?? 0, arrival))
  if (!store.datesUploads) {
    // Other processes are asked for once: what they enqueue later is in the log soon.
    const pending = last.has(dataset) ? [] : await pendingSources(store, dataset)
    const logged = Object.values((await readState(store, dataset)).sources)
    for (const source of [...pending, ...logged]) saw(arrivalOf(source))
  }
  const record = async (source: Source): Promise<Source> => {
    if (await ring(store, dataset, source)) return source
    const earlier = await findIntact<Source>(store, keys.marker(dataset, source.id))
    if (earlier) saw(arrivalOf(earlier))
    // A damaged record would keep its source from ever being pending.
    else await replaceRecord(store, keys.marker(dataset, source.id), source)
    return earlier ?? source
  }
  return {
    async enqueue(sources) {
      const [first] = sources
      if (!first) return []
      const now = store.datesUploads ? first.arrival : Math.max(clock.now(), (last.get(dataset) ?? 0) + 1)
      // Members arrive together, also those that a process which died had recorded.
      const earlier = sources.length > 1 ? await findEarlier(store, dataset, sources) : []
      const arrival = Math.min(now, ...earlier.map(arrivalOf))
      saw(arrival)
      const [head, ...others] = sources.map((source) => ({ ...source, arrival }))
      const recorded = await Promise.all(others.map(record))
      return head ? [await record(head), ...recorded] : []
    },
  }
}

async function findEarlier(store: ObjectStore, dataset: string, sources: readonly Source[]): Promise<Source[]> {
  const found = await Promise.all(sources.map(({ id }) => findIntact<Source>(store, keys.marker(dataset, id))))
  return found.filter((source) => source !== undefined)
}

/** SHA-256 of an object's bytes; throws `ObjectNotFound` when they change meanwhile. */
export async function digestOf(store: ObjectStore, { key, version, size }: ObjectInfo): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunksOf(objectBytes(store, { key, version, size }))) hash.update(chunk)
  return hash.digest('hex')
}
