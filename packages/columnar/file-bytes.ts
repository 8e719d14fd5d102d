import type { ByteRange } from '@droplake/lake/object-store'

/** The bytes of a file that lies in a store, on a disk or in memory, readable from anywhere. */
export interface FileBytes {
  size: number
  /** Bytes `[start, end)`; fewer where the file ends. */
  read(range: ByteRange): Promise<Uint8Array>
}

const firstChunkBytes = 2 ** 16
const chunkBytes = 2 ** 20

/** The bytes of a range from its start to its end: in chunks of 1 MiB, after smaller ones for who wants but the first. */
export async function* chunksOf(
  file: FileBytes,
  range: ByteRange = { start: 0, end: file.size },
): AsyncIterable<Uint8Array> {
  let size = firstChunkBytes
  for (let start = range.start; start < range.end; start += size, size = Math.min(chunkBytes, size * 4))
    yield await file.read({ start, end: Math.min(range.end, start + size) })
}

export const bytesInMemory = (bytes: Uint8Array): FileBytes => ({
  size: bytes.length,
  read: async ({ start, end }) => bytes.subarray(start, end),
})

/** The same bytes; an error of reading them is kept, so that it is not taken for a fault of the bytes. */
export function watchReads(file: FileBytes): { file: FileBytes; failed: { cause?: unknown } } {
  const failed: { cause?: unknown } = {}
  const read: FileBytes['read'] = async (range) => {
    try {
      return await file.read(range)
    } catch (error) {
      failed.cause = error
      throw error
    }
  }
  return { file: { size: file.size, read }, failed }
}
