import { isLitter } from '@droplake/contracts/file-name'
import { routeKey } from '@droplake/contracts/route'
import { code } from '@droplake/lake/file-io'
import { isRawKey, refusal } from '@droplake/lake/object-key'
import {
  isRefusal,
  type LeftOut,
  type ListedObject,
  type ObjectInfo,
  ObjectNotFound,
  type ObjectStore,
} from '@droplake/lake/object-store'
import { unannouncedAlert, unroutableAlert } from './alerts.ts'
import { type DataEffects, datasetOf, type With } from './effects.ts'
import { digestOf, openQueue } from './enqueue.ts'
import { keys } from './keys.ts'
import { Known, newUpload } from './known-sources.ts'
import { readState } from './log.ts'
import { objectOf, pendingSources, removeMarkers, type Source, sourceName, sourcesOf } from './markers.ts'
import { notifyOnce } from './notify-once.ts'
import { isArchive, reasonOf, recognizeObject, type Unroutable } from './recognize.ts'
import { findRecord, replaceRecord } from './records.ts'

/** What lies under the raw folders of a dataset and neither the log nor a pending record knows. */
export interface Unannounced {
  /** In the order in which they came. */
  sources: Source[]
  /** Names that no contract takes, or that can be no object at all. */
  unroutable: LeftOut[]
  /** Keys of files that may be of a table whose contract cannot be loaded. */
  waiting: string[]
  /** Files that changed within the time to rest: another program may still be writing them. */
  restless: ListedObject[]
}

export interface AnnounceOptions {
  /** On a laptop a file counts when it has not changed for so long, or when it is one of `rested` still. */
  restMs?: number
  rested?: readonly ListedObject[]
}

/**
 * Enqueues every raw object of a dataset that nobody has enqueued: an event may be lost, a process may die between storing a
 * file and enqueueing it. Also versions that others have replaced since.
 */
export async function announce(
  fx: DataEffects,
  dataset: string,
  options: AnnounceOptions = {},
): Promise<{ rung: Source[]; unroutable: LeftOut[]; restless: ListedObject[] }> {
  const { sources, unroutable, restless } = await unannounced(fx, dataset, options)
  const rung: Source[] = []
  if (sources.length > 0) {
    const queue = await openQueue(fx, dataset)
    for (const object of Map.groupBy(sources, objectOf).values()) rung.push(...(await queue.enqueue(object)))
  }
  return { rung, unroutable, restless }
}

/** What a look at one object came to. */
export interface Announced {
  outcome: 'pending' | 'duplicate' | 'unroutable' | 'deferred'
  /** What no table takes of it. */
  unroutable: Unroutable[]
}

/** Enqueues one object, which an event announced, as `announce` would; `nonce` takes it whatever is known of it. */
export async function announceOne(
  fx: DataEffects,
  info: ObjectInfo,
  of: { dataset: string; nonce?: string | undefined },
): Promise<Announced> {
  const { store } = fx
  const { dataset, nonce } = of
  const { parts = [], unroutable = [], waiting } = (await recognizeObject(fx, info)) ?? {}
  if (waiting) return { outcome: 'deferred', unroutable }
  let sources = sourcesOf(info, parts, nonce)
  if (sources.length === 0) return { outcome: 'unroutable', unroutable }
  const areLogged = async () => {
    const logged = (await readState(store, dataset)).sources
    return sources.every(({ id }) => logged[id] !== undefined)
  }
  if (store.datesUploads || nonce !== undefined) {
    if (await areLogged()) return { outcome: 'duplicate', unroutable }
  } else if (!(await arePending(store, dataset, sources))) {
    const known = new Known(Object.values((await readState(store, dataset)).sources))
    const table = namedTable(fx, info.key)
    const fresh = known.has(store, { ...info, table })
      ? undefined
      : await newUpload(info, { table, known, store, digest: (one) => digestOf(store, one) })
    if (!fresh) return { outcome: 'duplicate', unroutable }
    sources = withDigest(sourcesOf(info, parts, fresh.nonce), fresh.digest)
  }
  await (await openQueue(fx, dataset)).enqueue(sources)
  // A run may have answered for the sources, and taken their markers away, between the look and the record.
  if (!(await areLogged())) return { outcome: 'pending', unroutable }
  await removeMarkers(
    store,
    dataset,
    sources.map(({ id }) => id),
  )
  return { outcome: 'duplicate', unroutable }
}

async function arePending(store: ObjectStore, dataset: string, sources: readonly Source[]): Promise<boolean> {
  const found = await Promise.all(sources.map(({ id }) => findRecord(store, keys.marker(dataset, id))))
  return found.every((record) => record !== undefined)
}

/** The table that the key alone leads to; undefined where it takes a look into the object. */
const namedTable = ({ datasets }: Pick<DataEffects, 'datasets'>, key: string): string | undefined =>
  isArchive(key) ? undefined : routeKey(datasets, key)?.name

export const withDigest = (sources: readonly Source[], digest: string | undefined): Source[] =>
  sources.map((source) => (digest === undefined ? source : { ...source, digest }))

/** Looks, and changes nothing but a hint. */
export async function unannounced(
  fx: DataEffects,
  dataset: string,
  options: AnnounceOptions = {},
): Promise<Unannounced> {
  const { store } = fx
  const unroutable: LeftOut[] = []
  const waiting: string[] = []
  const restless: ListedObject[] = []
  const isRested = restOf(fx, options)
  const state = await readState(store, dataset)
  const known = new Known([...Object.values(state.sources), ...(await pendingSources(store, dataset))])
  const digests = openDigests(fx, dataset)
  const found = new Map<string, Found>()
  const { rawFolders } = datasetOf(fx, dataset)

  const sourcesIn = async (info: ObjectInfo) => {
    const { parts = [], unroutable: left = [], waiting: fault } = (await recognizeObject(fx, info)) ?? {}
    if (fault) waiting.push(info.key)
    for (const one of left) unroutable.push({ name: sourceName({ ...one, key: info.key }), reason: reasonOf(one) })
    return parts
  }
  const look = async (listed: ListedObject) => {
    if (isLitter(listed.key)) return
    if (!isRawKey(listed.key)) {
      unroutable.push({ name: listed.key, reason: refusal(listed.key) })
      return
    }
    const table = namedTable(fx, listed.key)
    if (known.has(store, { ...listed, table })) return
    if (!isRested(listed)) {
      restless.push(listed)
      return
    }
    // It may have been replaced, or taken away, since the listing.
    const info = await store.head(listed.key)
    if (!info || known.has(store, { ...info, table })) return
    const parts = await sourcesIn(info)
    const fresh = parts.length > 0 ? await newUpload(info, { table, known, digest: digests.of, store }) : undefined
    if (!fresh) return
    digests.forget(info)
    const sources = withDigest(sourcesOf(info, parts, fresh.nonce), fresh.digest)
    found.set(objectOf(info), { sources, at: info.changedAt })
  }

  /** What cannot be read, or changes while it is, stops nothing else. */
  const orLeaveOut = async (object: ListedObject, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      if (error instanceof ObjectNotFound) restless.push(object)
      else if (isRefusal(error) || code(error) === 'EIO')
        unroutable.push({ name: object.key, reason: 'it cannot be read: a permission is missing, or the disk fails' })
      else throw error
    }
  }
  for (const folder of rawFolders)
    for await (const listed of store.list(`raw/${folder}/`, { onLeftOut: (one) => unroutable.push(one) }))
      await orLeaveOut(listed, () => look(listed))
  // After the listing: what was replaced meanwhile is among these.
  const replaced: Found[] = []
  const lookAtReplaced = async (info: ObjectInfo) => {
    if (isLitter(info.key) || !isRawKey(info.key)) return
    if (known.hasUpload({ ...info, table: namedTable(fx, info.key) })) return
    const sources = sourcesOf(info, await sourcesIn(info))
    found.delete(objectOf(info))
    if (sources.length === 0) return
    const digest = store.datesUploads ? undefined : await digestOf(store, info)
    replaced.push({ sources: withDigest(sources, digest), at: info.lastModified })
  }
  for (const folder of rawFolders)
    for await (const info of store.replaced(`raw/${folder}/`)) await orLeaveOut(info, () => lookAtReplaced(info))
  await digests.close()
  return { sources: inOrderOfArrival([...replaced, ...found.values()]), unroutable, waiting, restless }
}

/** The sources of one object, and the time at which the store saw it. */
interface Found {
  sources: Source[]
  at: number
}

function restOf({ clock }: DataEffects, { restMs = 0, rested = [] }: AnnounceOptions) {
  const before = new Map(rested.map(({ key, etag }) => [key, etag]))
  // A change in the future, before the clock was set back, rests when it is seen twice.
  return ({ key, etag, changedAt }: ListedObject) =>
    restMs === 0 || before.get(key) === etag || changedAt <= clock.now() - restMs
}

/** Kept versions came before what replaced them; otherwise the time decides at which the store saw each. */
function inOrderOfArrival(found: readonly Found[]): Source[] {
  const latest = new Map<string, number>()
  const timed = found.map(({ sources, at }) => {
    const key = sources[0]?.key ?? ''
    const time = Math.max(at, latest.get(key) ?? at)
    latest.set(key, time)
    return { sources, time }
  })
  return timed.sort((a, b) => a.time - b.time).flatMap(({ sources }) => sources)
}

/**
 * Digests of raw files whose bytes the log knows already under another version: of a copied lake all of them. They are
 * remembered, so that each is read once.
 */
function openDigests(fx: DataEffects, dataset: string) {
  const key = keys.digests(dataset)
  let before: Record<string, string> | undefined
  const now: Record<string, string> = {}
  const upload = (info: ObjectInfo) => `${info.etag} ${info.key}`
  return {
    async of(info: ObjectInfo): Promise<string> {
      const name = upload(info)
      before ??= (await findRecord<Record<string, string>>(fx.store, key)) ?? {}
      const known = Object.hasOwn(before, name) ? before[name] : undefined
      const digest = known ?? (await digestOf(fx.store, info))
      now[name] = digest
      return digest
    },
    forget: (info: ObjectInfo) => void delete now[upload(info)],
    /** A lake that this user may only read keeps none. */
    async close() {
      if (Object.keys(now).some((name) => !before || !Object.hasOwn(before, name)))
        await replaceRecord(fx.store, key, now).catch(() => {})
    },
  }
}

/** Reports names that no run will take, each once; returns those that were reported now. */
export async function notifyLeftOut(
  fx: Pick<With<'notifier'>, 'store' | 'notifier'>,
  dataset: string,
  leftOut: readonly LeftOut[],
): Promise<LeftOut[]> {
  const reasons = new Map(leftOut.map(({ name, reason }) => [name, reason]))
  const lines = (names: string[]) => names.map((name) => `${name}: ${reasons.get(name)}`)
  const fresh = await notifyOnce(fx, 'unroutable', [...reasons.keys()], (names) =>
    unannouncedAlert(dataset, lines(names)),
  )
  return leftOut.filter(({ name }) => fresh.includes(name))
}

/** Reports what no table takes of one object, each file once. */
export async function notifyUnroutable(
  fx: Pick<With<'notifier'>, 'store' | 'notifier' | 'datasets'>,
  key: string,
  files: readonly Unroutable[],
): Promise<void> {
  const byName = new Map(files.map((file) => [sourceName({ ...file, key }), file]))
  await notifyOnce(fx, 'unroutable', [...byName.keys()], (names) =>
    unroutableAlert(
      fx.datasets,
      key,
      names.flatMap((name) => byName.get(name) ?? []),
    ),
  )
}
