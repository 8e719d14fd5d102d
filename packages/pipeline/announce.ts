import { routeKey } from '@droplake/contracts/route'
import { code } from '@droplake/lake/file-io'
import { isRawKey, refusal } from '@droplake/lake/object-key'
import {
  isRefusal,
  type LeftOut,
  type ListedObject,
  type ObjectInfo,
  ObjectNotFound,
} from '@droplake/lake/object-store'
import { unannouncedAlert } from './alerts.ts'
import { type DataEffects, datasetOf, type With } from './effects.ts'
import { digestOf, openQueue } from './enqueue.ts'
import { keys } from './keys.ts'
import { Known, newSource } from './known-sources.ts'
import { readState } from './log.ts'
import { pendingSources, removeMarkers, type Source, sourceOf, uploadOf } from './markers.ts'
import { notifyOnce } from './notify-once.ts'
import { findRecord, replaceRecord } from './records.ts'

/** What lies under the raw folders of a dataset and neither the log nor a pending record knows. */
export interface Unannounced {
  /** In the order in which they came. */
  sources: Source[]
  /** Names that no contract takes, or that can be no object at all. */
  unroutable: LeftOut[]
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
    for (const source of sources) rung.push(await queue.enqueue(source))
  }
  return { rung, unroutable, restless }
}

/**
 * Enqueues one object, which an event announced, as `announce` would; `force` takes it whatever is known of it. False: the
 * log answers for it already.
 */
export async function announceOne(
  fx: DataEffects,
  info: ObjectInfo,
  of: { dataset: string; table: string; nonce?: string | undefined },
): Promise<{ source: string; isPending: boolean }> {
  const { store } = fx
  const { dataset, table, nonce } = of
  const source = sourceOf(info, table, nonce)
  const { id } = source
  const logged = async (one: string) => (await readState(store, dataset)).sources[one] !== undefined
  let wanted: Source | undefined = source
  if (store.datesUploads || nonce !== undefined) {
    if (await logged(id)) return { source: id, isPending: false }
  } else if (!(await findRecord(store, keys.marker(dataset, id)))) {
    const known = new Known(Object.values((await readState(store, dataset)).sources))
    wanted = known.has(store, { ...info, table })
      ? undefined
      : await newSource(info, { table, known, store, digest: (one) => digestOf(store, one) })
    if (!wanted) return { source: id, isPending: false }
  }
  await (await openQueue(fx, dataset)).enqueue(wanted)
  // A run may have answered for the source, and taken its marker away, between the look and the record.
  if (!(await logged(wanted.id))) return { source: wanted.id, isPending: true }
  await removeMarkers(store, dataset, [wanted.id])
  return { source: wanted.id, isPending: false }
}

/** Looks, and changes nothing but a hint. */
export async function unannounced(
  fx: DataEffects,
  dataset: string,
  options: AnnounceOptions = {},
): Promise<Unannounced> {
  const { store, datasets } = fx
  const unroutable: LeftOut[] = []
  const restless: ListedObject[] = []
  const isRested = restOf(fx, options)
  const state = await readState(store, dataset)
  const known = new Known([...Object.values(state.sources), ...(await pendingSources(store, dataset))])
  const digests = openDigests(fx, dataset)
  const found = new Map<string, { source: Source; at: number }>()
  const { rawFolders } = datasetOf(fx, dataset)

  const tableOf = (key: string) => {
    if (!isRawKey(key)) unroutable.push({ name: key, reason: refusal(key) })
    else {
      const table = routeKey(datasets, key)?.name
      if (table) return table
      unroutable.push({ name: key, reason: noTable })
    }
    return undefined
  }
  const look = async (listed: ListedObject) => {
    const table = tableOf(listed.key)
    if (!table || known.has(store, { ...listed, table })) return
    if (!isRested(listed)) {
      restless.push(listed)
      return
    }
    // It may have been replaced, or taken away, since the listing.
    const info = await store.head(listed.key)
    if (!info || known.has(store, { ...info, table })) return
    const source = await newSource(info, { table, known, digest: digests.of, store })
    if (!source) return
    digests.forget(info)
    found.set(uploadOf(source), { source, at: info.changedAt })
  }

  for (const folder of rawFolders)
    for await (const listed of store.list(`raw/${folder}/`, { onLeftOut: (one) => unroutable.push(one) }))
      try {
        await look(listed)
      } catch (error) {
        if (error instanceof ObjectNotFound) restless.push(listed)
        else if (isRefusal(error) || code(error) === 'EIO')
          unroutable.push({ name: listed.key, reason: 'it cannot be read: a permission is missing, or the disk fails' })
        else throw error
      }
  // After the listing: what was replaced meanwhile is among these.
  const replaced: { source: Source; at: number }[] = []
  for (const folder of rawFolders)
    for await (const info of store.replaced(`raw/${folder}/`)) {
      const table = isRawKey(info.key) ? routeKey(datasets, info.key)?.name : undefined
      if (!table || known.hasUpload({ ...info, table })) continue
      const source = sourceOf(info, table)
      found.delete(uploadOf(source))
      if (!store.datesUploads) source.digest = await digestOf(store, info)
      replaced.push({ source, at: info.lastModified })
    }
  await digests.close()
  return { sources: inOrderOfArrival([...replaced, ...found.values()]), unroutable, restless }
}

export const noTable = 'no table takes it'

function restOf({ clock }: DataEffects, { restMs = 0, rested = [] }: AnnounceOptions) {
  const before = new Map(rested.map(({ key, etag }) => [key, etag]))
  // A change in the future, before the clock was set back, rests when it is seen twice.
  return ({ key, etag, changedAt }: ListedObject) =>
    restMs === 0 || before.get(key) === etag || changedAt <= clock.now() - restMs
}

/** Kept versions came before what replaced them; otherwise the time decides at which the store saw each. */
function inOrderOfArrival(found: readonly { source: Source; at: number }[]): Source[] {
  const latest = new Map<string, number>()
  const timed = found.map(({ source, at }) => {
    const time = Math.max(at, latest.get(source.key) ?? at)
    latest.set(source.key, time)
    return { source, time }
  })
  return timed.sort((a, b) => a.time - b.time).map(({ source }) => source)
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
