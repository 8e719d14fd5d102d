import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ObjectStore } from '@droplake/lake/object-store'

const chunkBytes = 2 ** 20

/** What came of a file: the object's version and SHA-256, or why there is no object. */
export type StoredFile = { version: string; digest: string } | { reason: string } | { stopped: true }

/**
 * Stores a file under its key, as it was when it was opened; one that changes meanwhile is not stored, since nobody could
 * say what its bytes are. Once the signal fires there is no object either.
 */
export async function storeFile(
  store: ObjectStore,
  { path, key }: { path: string; key: string },
  signal?: AbortSignal,
): Promise<StoredFile> {
  if (signal?.aborted) return { stopped: true }
  const source = await openSource(path)
  if (typeof source === 'string') return { reason: source }
  const { file, size } = source
  try {
    const writer = await store.writer(key)
    const hash = createHash('sha256')
    const before = await file.stat({ bigint: true })
    try {
      for (let at = 0; at < size; ) {
        const chunk = await file.read(Buffer.allocUnsafe(Math.min(chunkBytes, size - at)), { position: at })
        if (chunk.bytesRead === 0 || signal?.aborted) break
        const bytes = chunk.buffer.subarray(0, chunk.bytesRead)
        hash.update(bytes)
        await writer.write(bytes)
        at += chunk.bytesRead
      }
      const after = await file.stat({ bigint: true })
      const changed = after.size !== BigInt(size) || after.mtimeNs !== before.mtimeNs
      if (signal?.aborted || changed) {
        await writer.abort()
        return signal?.aborted
          ? { stopped: true }
          : { reason: 'it changed while it was copied; drop it when it is whole' }
      }
      const { version } = await writer.close()
      return { version, digest: hash.digest('hex') }
    } catch (error) {
      await writer.abort()
      throw error
    }
  } finally {
    await file.close()
  }
}

/** Something else may have taken the file's place since it was looked at: a pipe would be waited at for ever. */
async function openSource(path: string): Promise<{ file: FileHandle; size: number } | string> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const found = await file.stat()
    if (found.isFile()) return { file, size: found.size }
    await file.close()
    return 'it is no file any more'
  } catch (error) {
    return `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`
  }
}
