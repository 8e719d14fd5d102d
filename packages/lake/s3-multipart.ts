import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CopyPartResult,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { ByteRange } from './object-store.ts'

/** An object under construction in S3. Parts are numbered from 1, at most 10,000, all but the last of 5 MiB or more. */
export interface Multipart {
  upload(number: number, bytes: Uint8Array): Promise<CompletedPart>
  /** @param source as `copySource` makes it */
  copy(number: number, source: string, range: ByteRange): Promise<CompletedPart>
  complete(parts: CompletedPart[]): Promise<{ ETag?: string | undefined; VersionId?: string | undefined }>
  /** Ends the upload, after the requests under way. What cannot be ended is left to the bucket's lifecycle. */
  abort(): Promise<void>
}

export async function startMultipart(
  client: Pick<S3Client, 'send'>,
  at: { Bucket: string; Key: string },
): Promise<Multipart> {
  // The SDK sends it with every part, and S3 refuses what was not announced.
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'CRC32' }))
  const upload = { ...at, UploadId }
  const cancelled = new AbortController()
  const underWay = new Set<Promise<unknown>>()

  async function watched<T>(sending: Promise<T>): Promise<T> {
    underWay.add(sending)
    try {
      return await sending
    } finally {
      underWay.delete(sending)
    }
  }

  return {
    async upload(number, bytes) {
      const command = new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes })
      return partOf(number, await watched(client.send(command, { abortSignal: cancelled.signal })))
    },
    async copy(number, source, { start, end }) {
      const range = { CopySource: source, CopySourceRange: `bytes=${start}-${end - 1}` }
      const command = new UploadPartCopyCommand({ ...upload, ...range, PartNumber: number })
      const { CopyPartResult } = await watched(client.send(command))
      return partOf(number, CopyPartResult ?? {})
    },
    complete: (parts) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })),
    async abort() {
      // A part that arrives after the end of its upload is kept, and paid for. S3 goes on with a copy that nobody waits for.
      cancelled.abort()
      await Promise.allSettled(underWay)
      await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {})
    },
  }
}

function partOf(number: number, part: CopyPartResult): CompletedPart {
  const { ETag, ChecksumCRC32 } = part
  return { PartNumber: number, ...(ETag ? { ETag } : {}), ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}) }
}
