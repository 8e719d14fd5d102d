import { createHash } from 'node:crypto'
import type { ObjectInfo, ObjectStore } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { createRecord, findRecord } from './records.ts'

/** One version of one raw object, on its way into one table. */
export interface Source {
  /** Hash of key, etag, second of writing, table and nonce: one upload, however often it is announced. */
  id: string
  key: string
  table: string
  etag: string
  version: string
  bytes: number
  lastModified: number
  /**
   * Its place in time among the dataset's sources, UTC milliseconds: the upload where the store dates uploads, else when the
   * lake first saw it, never twice the same. `arrivalOf` reads it also from records that are older than it.
   */
  arrival: number
  /** SHA-256 of the bytes as stored, where the store's etag does not name them. */
  digest?: string
  /** Set by `--force`: makes known bytes a new source. */
  nonce?: string
}

/** What tells one upload into one table from every other: an event may come twice, and the same bytes may be uploaded again. */
export const uploadOf = (of: Pick<Source, 'key' | 'etag' | 'lastModified' | 'table'>) =>
  [of.key, of.etag, Math.floor(of.lastModified / 1000), of.table].join('\0')

export const arrivalOf = ({ arrival, lastModified }: { arrival?: number; lastModified: number }) =>
  arrival ?? lastModified

/** The source that an object is; a queue gives it another arrival where the store does not date uploads. */
export function sourceOf(info: Omit<ObjectInfo, 'changedAt'>, table: string, nonce?: string): Source {
  const id = createHash('sha256')
    .update([uploadOf({ ...info, table }), nonce ?? ''].join('\0'))
    .digest('hex')
    .slice(0, 32)
  const { key, etag, version, size, lastModified } = info
  const source = { id, key, table, etag, version, bytes: size, lastModified, arrival: lastModified }
  return nonce ? { ...source, nonce } : source
}

/** Records the source as pending, as it is; true when it was not yet. */
export function ring(store: ObjectStore, dataset: string, source: Source): Promise<boolean> {
  return createRecord(store, keys.marker(dataset, source.id), source)
}

/** Every source whose bell was rung and not yet answered, with its failed attempts. */
export async function pendingSources(
  store: ObjectStore,
  dataset: string,
): Promise<(Source & { attempts: Attempt[] })[]> {
  const prefix = keys.pending(dataset)
  const markers: string[] = []
  const attemptKeys: string[] = []
  for await (const { key } of store.list(prefix)) (key.endsWith('.json') ? markers : attemptKeys).push(key)
  const pending = await Promise.all(
    markers.map(async (key) => {
      const source = await findRecord<Source>(store, key)
      const stem = key.slice(0, -'.json'.length)
      const attempts = await Promise.all(
        attemptKeys.filter((at) => at.startsWith(`${stem}.`)).map((at) => findRecord<Attempt>(store, at)),
      )
      return source && { ...source, attempts: attempts.filter((attempt) => attempt !== undefined) }
    }),
  )
  return pending.filter((source) => source !== undefined)
}

/** The ids of every pending source, from one listing: they are the names under which sources are enqueued. */
export async function pendingIds(store: ObjectStore, dataset: string): Promise<string[]> {
  const prefix = keys.pending(dataset)
  const ids: string[] = []
  for await (const { key } of store.list(prefix)) if (key.endsWith('.json')) ids.push(key.slice(prefix.length, -5))
  return ids
}

/** A run that could not read the source. `own`: the fault is the source's, not the service's or a permission's. */
export interface Attempt {
  run: string
  error: string
  own: boolean
}

export async function recordAttempt(store: ObjectStore, dataset: string, source: string, attempt: Attempt) {
  await createRecord(store, keys.attempt(dataset, source, attempt.run), attempt)
}

/** Removes the markers of sources that the log answers for, and what was noted beside them. */
export async function removeMarkers(store: ObjectStore, dataset: string, sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return
  const gone = new Set(sources)
  const found: string[] = []
  for await (const { key } of store.list(keys.pending(dataset)))
    if (gone.has(key.slice(keys.pending(dataset).length).split('.')[0] ?? '')) found.push(key)
  await store.delete(found)
}
