import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ObjectNotFound, PreconditionFailed } from './object-store.ts'
import { s3Error, scriptedS3, stored } from './testing/scripted-s3.ts'
import type { Reply } from './testing/scripted-server.ts'

const bytes = (content: string) => new TextEncoder().encode(content)
const text = (content: Uint8Array) => new TextDecoder().decode(content)

describe('a put', () => {
  it('is sent again when another write of the key was under way (409)', async () => {
    const replies = [s3Error(409, 'ConditionalRequestConflict'), s3Error(409, 'OperationAborted'), stored('v7')]
    const { store, seen } = await scriptedS3((_, at) => replies[at] ?? {})
    expect(await store.put('ops/1', bytes('one'), { ifAbsent: true })).toEqual({
      key: 'ops/1',
      size: 3,
      etag: 'e1',
      version: 'v7',
    })
    expect(seen.map(({ headers, body }) => [headers['if-none-match'], body])).toEqual(Array(3).fill(['*', 'one']))
  })

  it('that finds the key taken is refused at once (412), also after a conflict', async () => {
    const replies = [s3Error(409, 'ConditionalRequestConflict'), s3Error(412, 'PreconditionFailed')]
    const { store, seen } = await scriptedS3((_, at) => replies[at] ?? {})
    await expect(store.put('ops/1', bytes('one'), { ifAbsent: true })).rejects.toThrow(PreconditionFailed)
    expect(seen).toHaveLength(2)
  })

  it('gives up a conflict that does not end', async () => {
    // No waiting between attempts.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => random.mockRestore())
    const { store, seen } = await scriptedS3(() => s3Error(409, 'ConditionalRequestConflict'))
    await expect(store.put('ops/1', bytes('one'), { ifAbsent: true })).rejects.toMatchObject({
      name: 'ConditionalRequestConflict',
      message: expect.stringContaining('cannot write s3://lake/ops/1'),
    })
    expect(seen).toHaveLength(10)
  })

  it('waits and comes again when S3 is too busy (503)', async () => {
    const { store, seen } = await scriptedS3((_, at) => (at === 0 ? s3Error(503, 'SlowDown') : stored()))
    await store.put('ops/1', bytes('one'))
    expect(seen).toHaveLength(2)
  })

  it('that is forbidden says of which object, and keeps the name of the error', async () => {
    const { store, seen } = await scriptedS3(() => s3Error(403, 'AccessDenied'))
    await expect(store.put('ops/1', bytes('one'))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'object store: cannot write s3://lake/ops/1: AccessDenied (HTTP 403): as scripted',
    })
    expect(seen).toHaveLength(1)
  })

  it('into a bucket without versions says what to do', async () => {
    const { store } = await scriptedS3(() => ({ headers: { etag: '"e1"' } }))
    await expect(store.put('ops/1', bytes('one'))).rejects.toThrow(/switch on the versioning of bucket lake/)
  })
})

describe('a read', () => {
  it('begins anew when the connection breaks half-way', async () => {
    const whole: Reply = { body: '0123456789' }
    const { store, seen } = await scriptedS3((_, at) => (at < 2 ? { ...whole, breakOffAfter: 5 } : whole))
    expect(text(await store.read('raw/a', { version: 'v1' }))).toBe('0123456789')
    expect(seen.map(({ query }) => query.get('versionId'))).toEqual(['v1', 'v1', 'v1'])
  })

  it('gives up when the connection breaks every time', async () => {
    const { store, seen } = await scriptedS3(() => ({ body: '0123456789', breakOffAfter: 5 }))
    await expect(store.read('raw/a')).rejects.toThrow(/raw\/a broke off/)
    expect(seen).toHaveLength(4)
  })

  it('asks for inclusive ranges, and for nothing where the range is empty', async () => {
    const { store, seen } = await scriptedS3(() => ({ status: 206, body: '34' }))
    expect(text(await store.read('raw/a', { range: { start: 3, end: 5 } }))).toBe('34')
    expect(await store.read('raw/a', { range: { start: 3, end: 3 } })).toHaveLength(0)
    expect(seen.map(({ headers }) => headers.range)).toEqual(['bytes=3-4'])
  })

  it('behind the end is empty (416)', async () => {
    const { store } = await scriptedS3(() => s3Error(416, 'InvalidRange'))
    expect(await store.read('raw/a', { range: { start: 10, end: 20 } })).toHaveLength(0)
  })

  it.each([
    [404, 'NoSuchKey'],
    [404, 'NoSuchVersion'],
    [405, 'MethodNotAllowed'],
  ])('knows an absent version by %i %s', async (status, code) => {
    const { store } = await scriptedS3(({ method }) => (method === 'HEAD' ? { status } : s3Error(status, code)))
    await expect(store.read('raw/a', { version: 'v1' })).rejects.toThrow(ObjectNotFound)
    expect(await store.head('raw/a', 'v1')).toBeUndefined()
  })

  it('that reaches nobody says so', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => random.mockRestore())
    const { store, close } = await scriptedS3(() => ({}))
    await close()
    await expect(store.read('raw/a')).rejects.toThrow(/^object store: cannot read s3:\/\/lake\/raw\/a: .*ECONNREFUSED/)
  })

  it('takes neither an absent bucket nor a forbidden one for an absent object', async () => {
    const { store } = await scriptedS3(({ method }) =>
      method === 'HEAD' ? { status: 403 } : s3Error(404, 'NoSuchBucket'),
    )
    await expect(store.read('raw/a')).rejects.toMatchObject({ name: 'NoSuchBucket' })
    await expect(store.head('raw/a')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/cannot look at s3:\/\/lake\/raw\/a: .*403/),
    })
  })
})

describe('thousands of calls at once', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, n) => `ops/pending/d/${n}.json`)

  it('are all answered by a slow server, over less sockets than the client has', async () => {
    let underWay = 0
    let most = 0
    const { store } = await scriptedS3(async () => {
      most = Math.max(most, ++underWay)
      await sleep(20)
      underWay -= 1
      return { body: '{}' }
    })
    const found = await Promise.all(keys(3_000).map((key) => store.read(key)))
    expect(found.map(text).every((body) => body === '{}')).toBe(true)
    expect(most).toBeGreaterThan(20)
    expect(most).toBeLessThanOrEqual(40)
  })

  it('that fail leave their places to those that follow', async () => {
    const { store } = await scriptedS3(({ path }) => (path.endsWith('7.json') ? {} : s3Error(404, 'NoSuchKey')))
    const found = await Promise.allSettled(keys(500).map((key) => store.read(key)))
    expect(found.filter(({ status }) => status === 'fulfilled')).toHaveLength(50)
  })
})
