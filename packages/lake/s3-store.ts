import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { about } from './aws-error.ts'
import { gate } from './gate.ts'
import { checkKey, checkPrefix, clampRange } from './object-key.ts'
import {
  type ObjectInfo,
  ObjectNotFound,
  type ObjectStore,
  PreconditionFailed,
  type WrittenObject,
} from './object-store.ts'
import { retried } from './retried.ts'
import { s3Copy } from './s3-copy.ts'
import { s3Delete } from './s3-deletion.ts'
import { isAbsent, isConflict, isPastTheEnd, isPreconditionFailed } from './s3-errors.ts'
import { s3Listing, s3Replaced, unquoted, wholeSeconds } from './s3-listing.ts'
import { s3Writer } from './s3-writer.ts'

/**
 * Requests under way at a time, less than the client's 50 sockets: one that waits for a socket would fail when the time to
 * connect is over.
 */
const mostRequests = 40

/**
 * A bucket that keeps versions as object store. `client` carries the settings of `aws-client.ts`: throttling and broken
 * connections are tried again there, what else is worth another try is here. However many calls are made at once, only
 * `mostRequests` requests are under way; a place is held for one request, so that none waits for another.
 */
export function s3Store({ client: unlimited, bucket }: { client: S3Client; bucket: string }): ObjectStore {
  const { through } = gate(mostRequests)
  const send = unlimited.send.bind(unlimited) as (...request: unknown[]) => Promise<unknown>
  const client = { send: (...request: unknown[]) => through(() => send(...request)) } as Pick<S3Client, 'send'>
  const at = (key: string) => ({ Bucket: bucket, Key: checkKey(key) })
  const name = (key: string) => `s3://${bucket}/${key}`

  function versionOf(key: string, version: string | undefined): string {
    if (version) return version
    throw new Error(`object store: ${name(key)} has no version; switch on the versioning of bucket ${bucket}`)
  }

  function written(
    key: string,
    size: number,
    output: { ETag?: string | undefined; VersionId?: string | undefined },
  ): WrittenObject {
    return { key, size, etag: unquoted(output.ETag ?? ''), version: versionOf(key, output.VersionId) }
  }

  async function head(key: string, version?: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await client.send(new HeadObjectCommand({ ...at(key), ...(version ? { VersionId: version } : {}) }))
      const { ContentLength, LastModified } = found
      if (ContentLength === undefined || !LastModified)
        throw new Error(`object store: S3 tells ${name(key)} without size or time`)
      const lastModified = wholeSeconds(LastModified)
      return { ...written(key, ContentLength, found), lastModified, changedAt: lastModified }
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw about(error, `object store: cannot look at ${name(key)}`)
    }
  }

  async function put(key: string, bytes: Uint8Array, ifAbsent: boolean): Promise<WrittenObject> {
    const command = new PutObjectCommand({ ...at(key), Body: bytes, ...(ifAbsent ? { IfNoneMatch: '*' } : {}) })
    try {
      const output = await retried(() => client.send(command), { attempts: 10, again: isConflict })
      return written(key, bytes.length, output)
    } catch (error) {
      if (ifAbsent && isPreconditionFailed(error)) throw new PreconditionFailed(key)
      throw about(error, `object store: cannot write ${name(key)}`)
    }
  }

  return {
    datesUploads: true,
    head,
    async read(key, { range, version } = {}) {
      const { start, end } = clampRange(Number.MAX_SAFE_INTEGER, range)
      const command = new GetObjectCommand({
        ...at(key),
        ...(range ? { Range: `bytes=${start}-${end - 1}` } : {}),
        ...(version ? { VersionId: version } : {}),
      })
      if (start === end) return new Uint8Array()
      try {
        return await retried(() => through(() => download(unlimited, command)), { attempts: 4, again: isBrokenOff })
      } catch (error) {
        if (isPastTheEnd(error)) return new Uint8Array()
        if (isAbsent(error)) throw new ObjectNotFound(key, version)
        throw about(error, `object store: cannot read ${name(key)}`)
      }
    },
    put: (key, bytes, { ifAbsent = false } = {}) => put(key, bytes, ifAbsent),
    async writer(key) {
      checkKey(key)
      const putWhole = (bytes: Uint8Array) => put(key, bytes, false)
      return s3Writer({ client, bucket, key, putWhole, describe: (size, output) => written(key, size, output) })
    },
    async copy(from, to) {
      checkKey(to)
      const source = await head(from)
      if (!source) throw new ObjectNotFound(from)
      // S3 refuses to copy an object onto itself.
      if (from === to) return source
      try {
        return written(to, source.size, await s3Copy(client, { bucket, from: source, to }))
      } catch (error) {
        if (isAbsent(error)) throw new ObjectNotFound(from)
        throw about(error, `object store: cannot copy ${name(from)} to ${to}`)
      }
    },
    async *list(prefix, options = {}) {
      try {
        yield* s3Listing(client, { ...options, bucket, prefix: checkPrefix(prefix) })
      } catch (error) {
        throw about(error, `object store: cannot list ${name(prefix)}`)
      }
    },
    async *replaced(prefix) {
      try {
        yield* s3Replaced(client, { bucket, prefix: checkPrefix(prefix) })
      } catch (error) {
        throw about(error, `object store: cannot list the versions of ${name(prefix)}`)
      }
    },
    async delete(keys) {
      for (const key of keys) checkKey(key)
      try {
        await s3Delete(client, bucket, keys)
      } catch (error) {
        throw about(error, `object store: cannot delete from ${bucket}`)
      }
    },
    locate: (key) => name(checkPrefix(key)),
  }
}

/**
 * A request with its whole answer. The SDK does not try again when the connection breaks between the first byte and the last.
 */
async function download(client: S3Client, command: GetObjectCommand): Promise<Uint8Array> {
  const { Body } = await client.send(command)
  if (!Body) return new Uint8Array()
  try {
    return await Body.transformToByteArray()
  } catch (cause) {
    throw new BrokenOff(`object store: ${command.input.Key} broke off while it was read: ${cause}`, { cause })
  }
}

class BrokenOff extends Error {
  override readonly name = 'BrokenOff'
}
const isBrokenOff = (error: unknown) => error instanceof BrokenOff
