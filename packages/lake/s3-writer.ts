import type { CompletedPart, S3Client } from '@aws-sdk/client-s3'
import { about } from './aws-error.ts'
import type { ObjectWriter, WrittenObject } from './object-store.ts'
import { type Multipart, startMultipart } from './s3-multipart.ts'

export interface WriterTarget {
  client: Pick<S3Client, 'send'>
  bucket: string
  key: string
  /** Puts an object that fits into one part. */
  putWhole(bytes: Uint8Array): Promise<WrittenObject>
  describe(size: number, output: { ETag?: string | undefined; VersionId?: string | undefined }): WrittenObject
}

/** Requests of one writer under way. */
const atOnce = 3

/**
 * A multipart upload, or one PutObject when all fits into a part. Holds at most four parts in memory. A write that fails
 * ends the upload.
 */
export function s3Writer(target: WriterTarget): ObjectWriter {
  const { client, bucket, key } = target
  let isOpen = true
  let size = 0
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let upload: Multipart | undefined
  const parts: Promise<CompletedPart>[] = []

  const use = () => {
    if (!isOpen) throw new Error(`object store: the writer of ${key} was closed already`)
  }

  /** The first bytes of those that wait. */
  function take(count: number): Uint8Array {
    const taken: Uint8Array[] = []
    let missing = count
    while (missing > 0) {
      const chunk = waiting.shift() ?? new Uint8Array()
      taken.push(chunk.subarray(0, missing))
      if (chunk.length > missing) waiting.unshift(chunk.subarray(missing))
      missing -= Math.min(chunk.length, missing)
    }
    waitingBytes -= count
    return taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
  }

  async function send(bytes: Uint8Array): Promise<void> {
    if (parts.length === mostParts)
      throw new Error(`object store: ${key} needs more than ${mostParts} parts after ${size} bytes; divide it`)
    upload ??= await startMultipart(client, { Bucket: bucket, Key: key })
    await parts.at(-atOnce)
    const part = upload.upload(parts.length + 1, bytes)
    // Whoever waits for the part next is told.
    part.catch(() => {})
    parts.push(part)
  }

  async function abort(): Promise<void> {
    isOpen = false
    waiting = []
    const ended = upload
    upload = undefined
    await ended?.abort()
  }

  async function orAbort<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      await abort()
      throw about(error, `object store: cannot write s3://${bucket}/${key}`)
    }
  }

  return {
    async write(bytes) {
      use()
      waiting.push(bytes.slice())
      waitingBytes += bytes.length
      size += bytes.length
      await orAbort(async () => {
        for (let next = partBytes(parts.length); waitingBytes >= next; next = partBytes(parts.length))
          await send(take(next))
      })
    },
    async close() {
      use()
      isOpen = false
      if (!upload) return target.putWhole(take(waitingBytes))
      const started = upload
      return orAbort(async () => {
        if (waitingBytes > 0) await send(take(waitingBytes))
        return target.describe(size, await started.complete(await Promise.all(parts)))
      })
    },
    abort,
  }
}

const mostParts = 10_000

/** Bytes of the part after so many others: 5 MiB at first, then more, so that all parts together hold 1 TiB. */
export const partBytes = (before: number) => (5 << 20) * (1 + Math.floor(before / 240))
