import { describe, expect, it } from 'vitest'
import { partBytes } from './s3-writer.ts'
import { s3Error, scriptedS3, stored, xml } from './testing/scripted-s3.ts'
import type { Reply, Seen } from './testing/scripted-server.ts'

const mebibytes = (count: number) => new Uint8Array(count << 20).fill(7)

const started = xml('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
const completed = (): Reply => ({
  headers: { 'x-amz-version-id': 'v9' },
  ...xml('<CompleteMultipartUploadResult><ETag>"e-2"</ETag></CompleteMultipartUploadResult>'),
})

/** S3 says back which checksum it found right. */
const checksumOf = ({ headers }: Seen) => ({ 'x-amz-checksum-crc32': String(headers['x-amz-checksum-crc32']) })

/** S3 as it works, but for the answers that the test gives. */
const upload =
  (instead: (seen: Seen) => Reply | undefined = () => undefined) =>
  (seen: Seen): Reply => {
    const own = instead(seen)
    if (own) return own
    if (seen.query.has('uploads')) return started
    if (seen.method === 'DELETE') return { status: 204 }
    return seen.method === 'POST' ? completed() : { headers: { ...stored().headers, ...checksumOf(seen) } }
  }

describe('a written object', () => {
  it('that fits into one part is one request', async () => {
    const { store, operations } = await scriptedS3(upload())
    const writer = await store.writer('cleaned/a')
    for (let i = 0; i < 4; i += 1) await writer.write(mebibytes(1))
    expect(await writer.close()).toEqual({ key: 'cleaned/a', size: 4 << 20, etag: 'e1', version: 'v1' })
    expect(operations()).toEqual(['PUT'])
  })

  it('that is larger goes up in parts of 5 MiB, three at a time', async () => {
    let underWay = 0
    let most = 0
    const three = Promise.withResolvers<void>()
    const { store, seen, operations } = await scriptedS3(async (one) => {
      most = Math.max(most, ++underWay)
      if (underWay === 3) three.resolve()
      if (one.query.has('partNumber')) await three.promise
      underWay -= 1
      return upload()(one)
    })
    const writer = await store.writer('cleaned/a')
    for (let i = 0; i < 9; i += 1) await writer.write(mebibytes(3))
    expect(await writer.close()).toEqual({ key: 'cleaned/a', size: 27 << 20, etag: 'e-2', version: 'v9' })
    expect(most).toBe(3)
    expect(operations().sort()).toEqual([
      'POST ?uploadId=u',
      'POST ?uploads',
      ...[1, 2, 3, 4, 5, 6].map((part) => `PUT ?partNumber=${part}&uploadId=u`),
    ])
    const parts = seen.filter(({ method }) => method === 'PUT')
    const sizes = parts.map(({ query, body }) => [Number(query.get('partNumber')), body.length >> 20])
    expect(sizes.sort()).toEqual([1, 2, 3, 4, 5, 6].map((part) => [part, part === 6 ? 2 : 5]))
    const asked = seen.at(-1)?.body ?? ''
    expect([...asked.matchAll(/<PartNumber>(\d)</g)].map(([, part]) => part).join('')).toBe('123456')
    expect(asked.match(/<ChecksumCRC32>[\w+/]{6}==</g)).toHaveLength(6)
    expect(seen[0]?.headers['x-amz-checksum-algorithm']).toBe('CRC32')
  })

  it('one of whose parts fails is aborted, and its writer takes no more', async () => {
    const denied = (seen: Seen) => (seen.query.get('partNumber') === '2' ? s3Error(403, 'AccessDenied') : undefined)
    const { store, operations } = await scriptedS3(upload(denied))
    const writer = await store.writer('cleaned/a')
    const writing = async () => {
      for (let i = 0; i < 10; i += 1) await writer.write(mebibytes(5))
      await writer.close()
    }
    await expect(writing()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('cannot write s3://lake/cleaned/a'),
    })
    expect(operations().at(-1)).toBe('DELETE ?uploadId=u')
    expect(operations()).not.toContain('POST ?uploadId=u')
    await expect(writer.write(mebibytes(1))).rejects.toThrow(/closed/)
    await writer.abort()
    expect(operations().filter((each) => each.startsWith('DELETE'))).toHaveLength(1)
  })

  it('that is given up ends its upload, also while parts are under way', async () => {
    const { store, operations } = await scriptedS3(async (seen) => {
      if (seen.query.has('partNumber')) await new Promise((go) => setTimeout(go, 100))
      return upload()(seen)
    })
    const writer = await store.writer('cleaned/a')
    await writer.write(mebibytes(10))
    await writer.abort()
    expect(operations().at(-1)).toBe('DELETE ?uploadId=u')
    expect(operations()).not.toContain('POST ?uploadId=u')
  })

  it('is completed again when S3 says 200 and means an error', async () => {
    let completions = 0
    const busy = (seen: Seen) =>
      seen.method === 'POST' && seen.query.has('uploadId') && ++completions === 1
        ? { ...s3Error(500, 'InternalError'), status: 200 }
        : undefined
    const { store } = await scriptedS3(upload(busy))
    const writer = await store.writer('cleaned/a')
    await writer.write(mebibytes(6))
    expect(await writer.close()).toMatchObject({ size: 6 << 20, version: 'v9' })
    expect(completions).toBe(2)
  })

  it('that cannot be completed is aborted', async () => {
    const refused = (seen: Seen) =>
      seen.method === 'POST' && seen.query.has('uploadId') ? s3Error(400, 'InvalidPart') : undefined
    const { store, operations } = await scriptedS3(upload(refused))
    const writer = await store.writer('cleaned/a')
    await writer.write(mebibytes(6))
    await expect(writer.close()).rejects.toMatchObject({ name: 'InvalidPart' })
    expect(operations().at(-1)).toBe('DELETE ?uploadId=u')
  })

  it('may hold a tebibyte in ten thousand parts, none smaller than S3 takes', () => {
    const parts = Array.from({ length: 10_000 }, (_, before) => partBytes(before))
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeGreaterThanOrEqual(2 ** 40)
    expect(Math.min(...parts)).toBe(5 << 20)
    expect(Math.max(...parts)).toBeLessThan(256 << 20)
  })
})
