import { describe, expect, it } from 'vitest'
import { ObjectNotFound } from './object-store.ts'
import { s3Error, scriptedS3, xml } from './testing/scripted-s3.ts'
import type { Reply, Seen } from './testing/scripted-server.ts'

const gibibyte = 2 ** 30

const head = (size: number): Reply => ({
  headers: {
    'content-length': String(size),
    etag: '"e1"',
    'x-amz-version-id': 'v/1',
    'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT',
  },
})
const copied = (body: string): Reply => ({ headers: { 'x-amz-version-id': 'v2' }, ...xml(body) })

const s3 =
  (size: number, partReply?: (part: string) => Reply | undefined) =>
  ({ method, query }: Seen): Reply => {
    if (method === 'HEAD') return head(size)
    if (query.has('uploads'))
      return xml('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
    const part = query.get('partNumber')
    if (part) return partReply?.(part) ?? xml(`<CopyPartResult><ETag>"p${part}"</ETag></CopyPartResult>`)
    if (method === 'DELETE') return { status: 204 }
    return method === 'POST'
      ? copied('<CompleteMultipartUploadResult><ETag>"e-7"</ETag></CompleteMultipartUploadResult>')
      : copied('<CopyObjectResult><ETag>"e2"</ETag></CopyObjectResult>')
  }

describe('a copy', () => {
  it('names the version and the key of its source so that S3 decodes them right', async () => {
    const { store, seen } = await scriptedS3(s3(5 * gibibyte))
    expect(await store.copy('cleaned/a b+c%2F/São.parquet', 'cleaned/d')).toEqual({
      key: 'cleaned/d',
      size: 5 * gibibyte,
      etag: 'e2',
      version: 'v2',
    })
    expect(seen[1]?.headers['x-amz-copy-source']).toBe('lake/cleaned/a%20b%2Bc%252F/S%C3%A3o.parquet?versionId=v%2F1')
    expect(seen).toHaveLength(2)
  })

  it('of more than 5 GiB is made of ranges that meet', async () => {
    const size = 6 * gibibyte + 1
    const { store, seen } = await scriptedS3(s3(size))
    expect(await store.copy('cleaned/a', 'cleaned/b')).toEqual({ key: 'cleaned/b', size, etag: 'e-7', version: 'v2' })
    const parts = seen
      .filter(({ query }) => query.has('partNumber'))
      .sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')))
    expect(parts.map(({ headers }) => headers['x-amz-copy-source-range'])).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((i) => `bytes=${i * gibibyte}-${Math.min(size, (i + 1) * gibibyte) - 1}`),
    )
    expect(new Set(parts.map(({ headers }) => headers['x-amz-copy-source']))).toEqual(
      new Set(['lake/cleaned/a?versionId=v%2F1']),
    )
    expect(seen.at(-1)?.body.match(/"p\d"|&quot;p\d&quot;/g)).toHaveLength(7)
  })

  it('of which a range fails ends its upload', async () => {
    const { store, operations } = await scriptedS3(
      s3(6 * gibibyte, (part) => (part === '3' ? s3Error(403, 'AccessDenied') : undefined)),
    )
    await expect(store.copy('cleaned/a', 'cleaned/b')).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(operations().at(-1)).toBe('DELETE ?uploadId=u')
  })

  it('of what vanished meanwhile is of an absent object', async () => {
    const { store } = await scriptedS3(({ method }) => (method === 'HEAD' ? head(3) : s3Error(404, 'NoSuchVersion')))
    await expect(store.copy('cleaned/a', 'cleaned/b')).rejects.toThrow(ObjectNotFound)
  })
})
