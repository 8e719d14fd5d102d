import { defaultLimits, openPlain, type PlainOptions, packingOf } from '@droplake/columnar/decompress'
import { chunksOf, type FileBytes } from '@droplake/columnar/file-bytes'
import { isParquet } from '@droplake/columnar/parquet-as-csv'
import type { ByteRange, ObjectStore } from '@droplake/lake/object-store'
import type { Settings } from './effects.ts'
import { type Source, sourceName } from './markers.ts'

/** The bytes of one version of a raw object. Reading throws `ObjectNotFound` when it is gone. */
export const objectBytes = (store: ObjectStore, of: { key: string; version: string; size: number }): FileBytes => ({
  size: of.size,
  read: (range) => store.read(of.key, { range, version: of.version }),
})

/** Of exactly the version that was announced; for a member of an archive, of the whole archive. */
const sourceBytes = (store: ObjectStore, { key, version, bytes, archiveBytes }: Source): FileBytes =>
  objectBytes(store, { key, version, size: archiveBytes ?? bytes })

/** The bytes of a plain raw object, in chunks. Throws `ObjectNotFound` when it is gone. */
export const readSource = (store: ObjectStore, source: Source, range?: ByteRange): AsyncIterable<Uint8Array> =>
  chunksOf(sourceBytes(store, source), range)

/** The plain bytes of a source, however it is packed. See `openPlain` for what it throws. */
export function openSource(store: ObjectStore, source: Source, settings: Settings): AsyncIterable<Uint8Array> {
  const { member } = source
  const options: PlainOptions = {
    limits: { ...defaultLimits, mostBytes: settings.mostUnpackedBytes },
    ...(member === undefined ? {} : { member }),
  }
  return openPlain(fileNameOf(source), sourceBytes(store, source), options)
}

/** Whether a source must be unpacked, by its first bytes. */
export async function isPackedSource(store: ObjectStore, source: Source): Promise<boolean> {
  const head = await sourceBytes(store, source).read({ start: 0, end: 4 })
  return packingOf('', head) !== undefined || isParquet(head)
}

/** The last part of a source's name. */
export const fileNameOf = (source: Source): string => sourceName(source).split('/').at(-1) ?? source.key
