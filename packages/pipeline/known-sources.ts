import type { ObjectInfo, ObjectStore } from '@droplake/lake/object-store'
import type { LoggedSource } from './lake-state.ts'
import { arrivalOf, type Source, sourceOf, uploadOf } from './markers.ts'

/** Sources as the log and the pending records know them. */
export class Known {
  readonly #uploads = new Set<string>()
  readonly #newest = new Map<string, Source | LoggedSource>()

  constructor(sources: Iterable<Source | LoggedSource>) {
    for (const source of sources) {
      this.#uploads.add(uploadOf(source))
      const newest = this.newest(source)
      if (!newest || arrivalOf(newest) <= arrivalOf(source)) this.#newest.set(placeOf(source), source)
    }
  }

  /** The source of this key and table that arrived last. */
  newest = (of: { key: string; table: string }) => this.#newest.get(placeOf(of))

  // By upload and table, not by id: a source that was forced in is known as well.
  hasUpload = (of: Parameters<typeof uploadOf>[0]) => this.#uploads.has(uploadOf(of))

  /**
   * Whether what the key holds now is known. In a folder a file may come back under its own version, moved or copied with
   * its time: it is known only while nothing else arrived under that key since.
   */
  has(store: { datesUploads: boolean }, of: Parameters<typeof uploadOf>[0]): boolean {
    if (!this.hasUpload(of)) return false
    const newest = this.newest(of)
    return store.datesUploads || !newest || uploadOf(newest) === uploadOf(of)
  }
}

const placeOf = ({ key, table }: { key: string; table: string }) => `${key}\0${table}`

/**
 * The source that an object is which was found, or announced, under `raw/` and is not `known`; undefined where its bytes are
 * those that arrived last under its key. So a lake that was copied or restored has nothing pending.
 */
export async function newSource(
  info: ObjectInfo,
  of: {
    table: string
    known: Known
    store: Pick<ObjectStore, 'datesUploads'>
    digest: (info: ObjectInfo) => Promise<string>
  },
): Promise<Source | undefined> {
  const { table, known, store, digest } = of
  const newest = known.newest({ key: info.key, table })
  if (store.datesUploads) {
    const isSame = newest?.bytes === info.size && newest.etag === info.etag
    return isSame ? undefined : sourceOf(info, table)
  }
  const isBack = newest && known.hasUpload({ ...info, table })
  const source = sourceOf(info, table, isBack ? `after ${newest.id}` : undefined)
  source.digest = await digest(info)
  // Older logs know the digest of plain files only.
  const isSame = newest?.bytes === info.size && (newest.digest ?? sha256Of(newest)) === source.digest
  return isSame ? undefined : source
}

const sha256Of = (source: Source | LoggedSource) => ('sha256' in source ? source.sha256 : undefined)
