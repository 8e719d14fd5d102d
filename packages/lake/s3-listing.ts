import {
  type _Object,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3'
import { isHidden, isKey, refusal } from './object-key.ts'
import type { ListedObject, ListOptions, ObjectInfo } from './object-store.ts'

interface Place {
  bucket: string
  prefix: string
}

/**
 * Every object under the prefix, page by page. Keys that no method of the store takes are left out: the markers of folders
 * that the console makes (`raw/olist/`), hidden names.
 */
export async function* s3Listing(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix, after, onLeftOut }: Place & ListOptions,
): AsyncGenerator<ListedObject> {
  const request = { Bucket: bucket, Prefix: prefix, ...(after ? { StartAfter: after } : {}) }
  let token: string | undefined
  do {
    // XML cannot hold every key as it is.
    const page = await client.send(
      new ListObjectsV2Command({ ...request, EncodingType: 'url', ...(token ? { ContinuationToken: token } : {}) }),
    )
    for (const found of page.Contents ?? []) {
      const info = listed(found)
      if (isKey(info.key)) yield info
      else if (!info.key.endsWith('/') && !isHidden(info.key))
        onLeftOut?.({ name: info.key, reason: refusal(info.key) })
    }
    token = page.NextContinuationToken
    if (page.IsTruncated && !token) throw brokenOff(bucket, prefix)
  } while (token)
}

/**
 * Versions that another has replaced, of keys that still hold an object, the oldest of a key first. S3 lists the versions
 * of a key together, the newest first.
 */
export async function* s3Replaced(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix }: Place,
): AsyncGenerator<ObjectInfo> {
  const request = { Bucket: bucket, Prefix: prefix, EncodingType: 'url' as const }
  let next: { KeyMarker?: string; VersionIdMarker?: string } = {}
  let key = ''
  let versions: ObjectInfo[] = []
  let isThere = false
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ ...request, ...next }))
    for (const found of page.Versions ?? []) {
      const info = { ...listed(found), version: found.VersionId ?? '' }
      if (info.key !== key) {
        if (isThere) yield* versions.reverse()
        key = info.key
        versions = []
        isThere = false
      }
      if (found.IsLatest) isThere = isKey(key)
      else versions.push(info)
    }
    if (!page.IsTruncated) break
    if (!page.NextKeyMarker) throw brokenOff(bucket, prefix)
    next = {
      KeyMarker: decoded(page.NextKeyMarker),
      ...(page.NextVersionIdMarker ? { VersionIdMarker: page.NextVersionIdMarker } : {}),
    }
  }
  if (isThere) yield* versions.reverse()
}

function listed({ Key, Size, ETag, LastModified }: _Object | ObjectVersion): ListedObject {
  const key = decoded(Key ?? '')
  if (Size === undefined || !ETag || !LastModified)
    throw new Error(`object store: S3 lists ${key} without size, etag or time, got size ${Size}, etag ${ETag}`)
  const lastModified = wholeSeconds(LastModified)
  return { key, size: Size, etag: unquoted(ETag), lastModified, changedAt: lastModified }
}

const decoded = (name: string) => decodeURIComponent(name.replaceAll('+', ' '))

const brokenOff = (bucket: string, prefix: string) =>
  new Error(`object store: the listing of s3://${bucket}/${prefix} breaks off; try again`)

export const unquoted = (etag: string) => etag.replace(/^"(.*)"$/, '$1')

/** HEAD tells seconds, a listing could tell more; both must say the same. */
export const wholeSeconds = (time: Date) => Math.floor(time.getTime() / 1000) * 1000
