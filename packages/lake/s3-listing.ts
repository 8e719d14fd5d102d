import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { isKey } from './object-key.ts'
import type { ListedObject } from './object-store.ts'

/**
 * Every object under the prefix, page by page. Keys that no method of the store takes are left out: the markers of folders
 * that the console makes (`raw/olist/`), hidden names.
 */
export async function* s3Listing(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix, after }: { bucket: string; prefix: string; after?: string | undefined },
): AsyncGenerator<ListedObject> {
  const request = { Bucket: bucket, Prefix: prefix, ...(after ? { StartAfter: after } : {}) }
  let token: string | undefined
  do {
    // XML cannot hold every key as it is.
    const page = await client.send(
      new ListObjectsV2Command({ ...request, EncodingType: 'url', ...(token ? { ContinuationToken: token } : {}) }),
    )
    for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
      const key = decodeURIComponent((Key ?? '').replaceAll('+', ' '))
      if (!isKey(key)) continue
      if (Size === undefined || !ETag || !LastModified)
        throw new Error(`object store: S3 lists ${key} without size, etag or time, got size ${Size}, etag ${ETag}`)
      yield { key, size: Size, etag: unquoted(ETag), lastModified: wholeSeconds(LastModified) }
    }
    token = page.NextContinuationToken
    if (page.IsTruncated && !token)
      throw new Error(`object store: the listing of s3://${bucket}/${prefix} breaks off; try again`)
  } while (token)
}

export const unquoted = (etag: string) => etag.replace(/^"(.*)"$/, '$1')

/** HEAD tells seconds, a listing could tell more; both must say the same. */
export const wholeSeconds = (time: Date) => Math.floor(time.getTime() / 1000) * 1000
