import type { ObjectInfo, ObjectStore } from '@droplake/lake/object-store'
import type { LoggedSource } from './lake-state.ts'
import { arrivalOf, objectOf, type Source } from './markers.ts'

/** An upload, and the table that its name leads to where that is decided without a look into it. */
export type Upload = Pick<Source, 'key' | 'etag' | 'lastModified'> & { table?: string | undefined }

/**
 * Uploads as the log and the pending records know them. One that is several sources is known by the first of them, whose
 * record is written last: so what a process that died had not enqueued, the next one finds.
 */
export class Known {
  readonly #uploads = new Set<string>()
  readonly #newest = new Map<string, Source | LoggedSource>()

  constructor(sources: Iterable<Source | LoggedSource>) {
    for (const source of sources)
      if (!source.place)
        for (const { table } of [source, { table: undefined }]) {
          this.#uploads.add(`${objectOf(source)}\0${table}`)
          const newest = this.newest({ ...source, table })
          if (!newest || arrivalOf(newest) <= arrivalOf(source)) this.#newest.set(placeOf({ ...source, table }), source)
        }
  }

  /** The source of this key, and table, that arrived last. */
  newest = (of: Upload) => this.#newest.get(placeOf(of))

  // By upload and table, not by id: a source that was forced in is known as well.
  hasUpload = (of: Upload) => this.#uploads.has(`${objectOf(of)}\0${of.table}`)

  /**
   * Whether what the key holds now is known. In a folder a file may come back under its own version, moved or copied with
   * its time: it is known only while nothing else arrived under that key since.
   */
  has(store: { datesUploads: boolean }, of: Upload): boolean {
    if (!this.hasUpload(of)) return false
    const newest = this.newest(of)
    return store.datesUploads || !newest || objectOf(newest) === objectOf(of)
  }
}

const placeOf = ({ key, table }: Upload) => `${key}\0${table}`

/**
 * What makes an object that was found, or announced, under `raw/` and is not `known` new sources; undefined where its bytes
 * are those that arrived last under its key. So a lake that was copied or restored has nothing pending.
 */
export async function newUpload(
  info: ObjectInfo,
  of: {
    table: string | undefined
    known: Known
    store: Pick<ObjectStore, 'datesUploads'>
    digest: (info: ObjectInfo) => Promise<string>
  },
): Promise<{ nonce?: string; digest?: string } | undefined> {
  const { table, known, store, digest } = of
  const newest = known.newest({ ...info, table })
  const isSize = newest && (newest.archiveBytes ?? newest.bytes) === info.size
  if (store.datesUploads) return isSize && newest.etag === info.etag ? undefined : {}
  const isBack = newest && known.hasUpload({ ...info, table })
  const own = await digest(info)
  // Older logs know the digest of plain files only.
  if (isSize && (newest.digest ?? sha256Of(newest)) === own) return undefined
  return { digest: own, ...(isBack ? { nonce: `after ${newest.id}` } : {}) }
}

const sha256Of = (source: Source | LoggedSource) => ('sha256' in source ? source.sha256 : undefined)
