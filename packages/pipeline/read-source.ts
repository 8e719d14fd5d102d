import type { ByteRange, ObjectStore } from '@droplake/lake/object-store'
import type { Source } from './markers.ts'

const chunkBytes = 2 ** 20

/** The bytes of a raw object, of exactly the version that was announced, in chunks. Throws `ObjectNotFound` when it is gone. */
export async function* readSource(
  store: ObjectStore,
  source: Pick<Source, 'key' | 'version' | 'bytes'>,
  range: ByteRange = { start: 0, end: source.bytes },
): AsyncIterable<Uint8Array> {
  for (let start = range.start; start < range.end; start += chunkBytes) {
    const end = Math.min(range.end, start + chunkBytes)
    yield await store.read(source.key, { range: { start, end }, version: source.version })
  }
}

export const fileNameOf = (key: string) => key.split('/').at(-1) ?? key
