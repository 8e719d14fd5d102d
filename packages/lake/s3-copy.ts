import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { inBatches } from './file-io.ts'
import type { ByteRange, ObjectInfo } from './object-store.ts'
import { startMultipart } from './s3-multipart.ts'

/** CopyObject takes no larger ones. */
const mostBytes = 5 * 2 ** 30
const partBytes = 2 ** 30

/** Copies exactly the version that `from` names, inside the bucket. */
export async function s3Copy(
  client: Pick<S3Client, 'send'>,
  { bucket, from, to }: { bucket: string; from: ObjectInfo; to: string },
): Promise<{ ETag?: string | undefined; VersionId?: string | undefined }> {
  const target = { Bucket: bucket, Key: to }
  const source = copySource(bucket, from)
  if (from.size <= mostBytes) {
    const { CopyObjectResult, VersionId } = await client.send(new CopyObjectCommand({ ...target, CopySource: source }))
    return { ETag: CopyObjectResult?.ETag, VersionId }
  }
  const upload = await startMultipart(client, target)
  try {
    const parts = await inBatches(ranges(from.size), 8, ({ number, range }) => upload.copy(number, source, range))
    return await upload.complete(parts)
  } catch (error) {
    await upload.abort()
    throw error
  }
}

function ranges(size: number): { number: number; range: ByteRange }[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, i) => ({
    number: i + 1,
    range: { start: i * partBytes, end: Math.min(size, (i + 1) * partBytes) },
  }))
}

/** S3 decodes this header, so `+`, `%2F` and spaces must come encoded. */
function copySource(bucket: string, { key, version }: ObjectInfo): string {
  const path = key.split('/').map(encodeURIComponent).join('/')
  return `${bucket}/${path}?versionId=${encodeURIComponent(version)}`
}
