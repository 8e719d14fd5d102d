import { createHash } from 'node:crypto'
import type { ObjectInfo, ObjectStore } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import { createRecord, findIntact } from './records.ts'
import { beginOf } from './run-id.ts'

/** One version of one raw object, or of one member of the archive that it is, on its way into one table. */
export interface Source {
  /** Hash of key, member, etag, second of writing, table and nonce: one upload, however often it is announced. */
  id: string
  /** Of the object. `sourceName` is what reports and lineage say: for a member it has the member's path after it. */
  key: string
  /** Path within the archive; absent where the object is the file. */
  member?: string
  /** Place of a member among those of its archive that are taken, from 0: breaks ties of order. */
  place?: number
  table: string
  etag: string
  version: string
  /** Of the object; of a member, as it is packed. */
  bytes: number
  /** Of the archive that holds the member. */
  archiveBytes?: number
  /** How its table was found, where its name did not say. */
  note?: string
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
export const uploadOf = (of: Pick<Source, 'key' | 'member' | 'etag' | 'lastModified' | 'table'>) =>
  [objectOf(of), of.table, ...(of.member === undefined ? [] : [of.member])].join('\0')

/** What tells one upload from every other, whatever it holds. */
export const objectOf = (of: Pick<Source, 'key' | 'etag' | 'lastModified'>) =>
  [of.key, of.etag, Math.floor(of.lastModified / 1000)].join('\0')

/** What a source is called: its object's key, and for a member its path within: `raw/olist/archive.zip/orders.csv`. */
export const sourceName = ({ key, member }: { key: string; member?: string | undefined }) =>
  member === undefined ? key : `${key}/${member}`

export const arrivalOf = ({ arrival, lastModified }: { arrival?: number; lastModified: number }) =>
  arrival ?? lastModified

/** The source that a whole object is; a queue gives it another arrival where the store does not date uploads. */
export function sourceOf(info: Omit<ObjectInfo, 'changedAt'>, table: string, nonce?: string): Source {
  return sourcesOf(info, [{ table: { name: table }, bytes: info.size }], nonce)[0] as Source
}

/** The sources that an object is, by the parts of it that tables take. */
export function sourcesOf(
  info: Omit<ObjectInfo, 'changedAt'>,
  parts: readonly (Pick<Source, 'member' | 'bytes' | 'note'> & { table: { name: string } })[],
  nonce?: string,
): Source[] {
  const { key, etag, version, size, lastModified } = info
  return parts.map(({ table: { name: table }, member, bytes, note }, place) => {
    const within = member === undefined ? {} : { member, place, archiveBytes: size }
    const source = { key, ...within, table, etag, version, bytes, lastModified, arrival: lastModified }
    return identified({ ...source, ...(note ? { note } : {}) }, nonce)
  })
}

/** The same sources as other ones, so that known bytes are taken again. */
export const forced = (sources: readonly Source[], nonce: string | undefined): Source[] =>
  sources.map((source) => identified(source, nonce))

function identified(source: Omit<Source, 'id'>, nonce: string | undefined): Source {
  const hash = createHash('sha256').update([uploadOf(source), nonce ?? ''].join('\0'))
  return { ...source, id: hash.digest('hex').slice(0, 32), ...(nonce ? { nonce } : {}) }
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
      const source = await findIntact<Source>(store, key)
      const stem = key.slice(0, -'.json'.length)
      const attempts = await Promise.all(
        attemptKeys.filter((at) => at.startsWith(`${stem}.`)).map((at) => findIntact<Attempt>(store, at)),
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

const firstRestMs = 10 * 60_000
const longestRestMs = 24 * 3_600_000

/**
 * Ids of pending sources that failed lately. The pass leaves them alone for ten minutes, and for twice as long after each
 * further failure, up to a day; a new file or a run that is asked for tries them at once.
 */
export async function restingIds(store: ObjectStore, dataset: string, now: number): Promise<Set<string>> {
  const prefix = keys.pending(dataset)
  const attempts = new Map<string, { count: number; last: number }>()
  for await (const { key } of store.list(prefix)) {
    const [id = '', run = ''] = key.slice(prefix.length).split('.')
    const begun = run === 'json' ? undefined : beginOf(run)
    if (begun === undefined) continue
    const known = attempts.get(id) ?? { count: 0, last: 0 }
    attempts.set(id, { count: known.count + 1, last: Math.max(known.last, begun) })
  }
  const isResting = ({ count, last }: { count: number; last: number }) =>
    now < last + Math.min(longestRestMs, firstRestMs * 2 ** (count - 1))
  return new Set([...attempts].flatMap(([id, of]) => (isResting(of) ? [id] : [])))
}

/** A run that could not take the source. `own`: the fault is the source's, not the service's or a permission's. */
export interface Attempt {
  run: string
  error: string
  own: boolean
  /** What failed besides: only a source that was alone in it is known to be at fault. Absent where the source's own bytes failed. */
  whole?: { of: 'table' | 'run'; alone: boolean }
}

const failuresOfItsOwn = 3

/** Why a source is not tried again; undefined where it is. The last attempt must leave no other source to blame. */
export function givenUp(attempts: readonly Attempt[], failure: string): string | undefined {
  const own = attempts.filter((attempt) => attempt.own)
  const isSure = own.at(-1)?.whole?.alone ?? true
  return own.length >= failuresOfItsOwn && isSure ? `it failed ${own.length} times: ${failure}` : undefined
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
