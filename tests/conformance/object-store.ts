import { compareKeys } from '@droplake/lake/object-key'
import { ObjectNotFound, type ObjectStore, PreconditionFailed, type WrittenObject } from '@droplake/lake/object-store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface ObjectStoreDriver {
  store: ObjectStore
  close?(): Promise<void>
}

/** What every object store must do. `makeDriver` gives an empty store; it is called once. */
export function describeObjectStore(name: string, makeDriver: () => Promise<ObjectStoreDriver>): void {
  describe(`${name} as object store`, () => {
    let driver: ObjectStoreDriver
    let store: ObjectStore
    let tests = 0
    /** A folder of its own for each test. */
    const folder = (zone = 'cleaned') => {
      tests += 1
      return `${zone}/t${String(tests).padStart(3, '0')}`
    }

    beforeAll(async () => {
      driver = await makeDriver()
      store = driver.store
    })
    afterAll(() => driver?.close?.())

    it('gives back the bytes that were put, with their size and time', async () => {
      const key = `${folder()}/part-0.parquet`
      const before = Date.now() - 5_000
      const put = await store.put(key, bytes('hello'))
      expect(put).toMatchObject({ key, size: 5 })
      expect(text(await store.read(key))).toBe('hello')
      const head = await store.head(key)
      expect(head).toMatchObject(put)
      expect(head?.lastModified).toBeGreaterThan(before)
      expect(head?.lastModified).toBeLessThan(Date.now() + 5_000)
    })

    it('holds empty objects', async () => {
      const key = `${folder()}/empty`
      expect(await store.put(key, bytes(''))).toMatchObject({ size: 0 })
      expect(await store.read(key)).toHaveLength(0)
      expect(await store.head(key)).toMatchObject({ size: 0 })
    })

    it('keeps its own copy of the bytes', async () => {
      const key = `${folder()}/own`
      const given = bytes('abc')
      await store.put(key, given)
      given.fill(0)
      const got = await store.read(key)
      expect(text(got)).toBe('abc')
      got.fill(0)
      expect(text(await store.read(key))).toBe('abc')
    })

    it('takes keys with spaces, signs, percent and letters beyond ASCII', async () => {
      const inside = folder()
      const list = async () => (await all(store.list(`${inside}/from/`))).map((info) => info.key)
      const keys = oddNames.map((name) => `${inside}/from/${name}`).sort(compareKeys)
      for (const key of keys) await store.put(key, bytes(key))
      expect(await list()).toEqual(keys)
      for (const [i, key] of keys.entries()) {
        expect(text(await store.read(key))).toBe(key)
        expect(await store.head(key)).toMatchObject({ key, size: bytes(key).length })
        const rest = await all(store.list(`${inside}/from/`, { after: key }))
        expect(rest.map((info) => info.key)).toEqual(keys.slice(i + 1))
        const to = key.replace('/from/', '/to/')
        expect(await store.copy(key, to)).toMatchObject({ key: to })
        expect(text(await store.read(to))).toBe(key)
      }
      await store.delete(keys.slice(1))
      expect(await list()).toEqual(keys.slice(0, 1))
    })

    it('answers undefined to head of an absent key or folder, and throws ObjectNotFound where bytes are asked for', async () => {
      const inside = folder()
      await store.put(`${inside}/sub/file`, bytes('x'))
      expect(await store.head(`${inside}/none`)).toBeUndefined()
      expect(await store.head(`${inside}/sub`)).toBeUndefined()
      await expect(store.read(`${inside}/none`)).rejects.toThrow(ObjectNotFound)
      await expect(store.read(`${inside}/sub`)).rejects.toThrow(ObjectNotFound)
      await expect(store.read(`${inside}/none`, { range: { start: 0, end: 1 } })).rejects.toThrow(ObjectNotFound)
      await expect(store.copy(`${inside}/none`, `${inside}/copy`)).rejects.toThrow(ObjectNotFound)
      expect(await store.head(`${inside}/copy`)).toBeUndefined()
    })

    it('reads ranges, cut off at the end', async () => {
      const key = `${folder()}/ranges`
      await store.put(key, bytes('0123456789'))
      const read = async (start: number, end: number) => text(await store.read(key, { range: { start, end } }))
      expect(await read(0, 1)).toBe('0')
      expect(await read(3, 7)).toBe('3456')
      expect(await read(8, 99)).toBe('89')
      expect(await read(4, 4)).toBe('')
      expect(await read(10, 20)).toBe('')
      expect(await read(50, 60)).toBe('')
      await expect(read(3, 2)).rejects.toThrow(/range/)
      await expect(read(-1, 2)).rejects.toThrow(/range/)
    })

    it('rejects a conditional create with 412 when the key exists, and leaves the object alone', async () => {
      const key = `${folder()}/once`
      await store.put(key, bytes('first'), { ifAbsent: true })
      await expect(store.put(key, bytes('second'), { ifAbsent: true })).rejects.toThrow(PreconditionFailed)
      expect(text(await store.read(key))).toBe('first')
      await store.delete([key])
      expect(await store.head(key)).toBeUndefined()
      await expect(store.read(key)).rejects.toThrow(ObjectNotFound)
      await store.put(key, bytes('third'), { ifAbsent: true })
      expect(text(await store.read(key))).toBe('third')
      await expect(store.put(key, bytes('fourth'), { ifAbsent: true })).rejects.toThrow(PreconditionFailed)
    })

    it('lets exactly one of fifty concurrent conditional creates win, and shows its bytes', async () => {
      const key = `${folder()}/deep/er/race`
      const attempts = Array.from({ length: 50 }, (_, i) => store.put(key, bytes(`attempt ${i}`), { ifAbsent: true }))
      const results = await Promise.allSettled(attempts)
      const winners = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []))
      expect(winners).toHaveLength(1)
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(PreconditionFailed)
      expect(text(await store.read(key))).toBe(`attempt ${winners[0]}`)
    })

    it('replaces an object as a whole while others read it', async () => {
      const key = `${folder()}/whole`
      const body = (i: number) => bytes(String(i % 10).repeat(20_000 + i))
      await store.put(key, body(0))
      const writes = Array.from({ length: 20 }, (_, i) => store.put(key, body(i)))
      const reads = Array.from({ length: 40 }, async () => text(await store.read(key)))
      await Promise.all(writes)
      for (const seen of await Promise.all(reads)) {
        const i = seen.length - 20_000
        expect(seen).toBe(text(body(i)))
      }
    })

    it('keeps replaced bytes under raw/ readable by version', async () => {
      const key = `${folder('raw')}/orders.csv`
      const first = await store.put(key, bytes('first'))
      const second = await store.put(key, bytes('second'))
      const third = await written(store, key, ['th', 'ird'])
      expect(new Set([first.version, second.version, third.version]).size).toBe(3)
      expect(text(await store.read(key))).toBe('third')
      for (const [info, content] of [
        [first, 'first'],
        [second, 'second'],
        [third, 'third'],
      ] as const) {
        expect(text(await store.read(key, { version: info.version }))).toBe(content)
        expect(text(await store.read(key, { version: info.version, range: { start: 1, end: 3 } }))).toBe(
          content.slice(1, 3),
        )
        expect(await store.head(key, info.version)).toMatchObject({ key, size: content.length, version: info.version })
      }
      expect((await all(store.list(key))).map((info) => info.etag)).toEqual([third.etag])
    })

    it('lists versions under raw/ that others replaced, the oldest of a key first', async () => {
      const inside = folder('raw')
      const [a, b, gone] = ['a', 'b', 'gone'].map((each) => `${inside}/${each}`) as [string, string, string]
      const replaced: WrittenObject[] = []
      for (const [key, versions] of [
        [b, 3],
        [a, 1],
        [gone, 2],
      ] as const)
        for (let n = 1; n <= versions; n++) {
          const put = await store.put(key, bytes(`${key} ${n}`))
          if (key === b && n < versions) replaced.push(put)
        }
      await store.delete([gone])
      const found = await all(store.replaced(`${inside}/`))
      expect(found.map(({ key, version }) => ({ key, version }))).toEqual(
        replaced.map(({ key, version }) => ({ key, version })),
      )
      for (const info of found) expect(await store.head(info.key, info.version)).toMatchObject({ size: info.size })
      expect(await all(store.replaced(`${inside}/a`))).toEqual([])
    })

    it('loses no version under raw/ when several replace one key at once', async () => {
      const key = `${folder('raw')}/busy.csv`
      const puts = await Promise.all(Array.from({ length: 12 }, (_, i) => store.put(key, bytes(`content ${i}`))))
      for (const [i, info] of puts.entries())
        expect(text(await store.read(key, { version: info.version }))).toBe(`content ${i}`)
    })

    it('does not know a version that never was', async () => {
      const inside = folder('raw')
      const other = await store.put(`${inside}/other`, bytes('other'))
      await store.put(`${inside}/key`, bytes('x'))
      expect(await store.head(`${inside}/key`, other.version)).toBeUndefined()
      await expect(store.read(`${inside}/key`, { version: other.version })).rejects.toThrow(ObjectNotFound)
    })

    it('shows a written object only after close, and never after abort', async () => {
      const inside = folder()
      const writer = await store.writer(`${inside}/large`)
      const aborted = await store.writer(`${inside}/aborted`)
      await writer.write(bytes('one '))
      await aborted.write(bytes('gone'))
      await writer.write(bytes('two'))
      expect(await store.head(`${inside}/large`)).toBeUndefined()
      expect(await all(store.list(`${inside}/`))).toEqual([])
      expect(await writer.close()).toMatchObject({ key: `${inside}/large`, size: 7 })
      await aborted.abort()
      await aborted.abort()
      expect((await all(store.list(`${inside}/`))).map((info) => info.key)).toEqual([`${inside}/large`])
      expect(text(await store.read(`${inside}/large`))).toBe('one two')
      await expect(writer.write(bytes('late'))).rejects.toThrow(/closed/)
    })

    it('writes objects larger than one part', async () => {
      const inside = folder('raw')
      const whole = new Uint8Array(11 << 20).map((_, i) => (i * 31 + (i >> 12)) % 251)
      for (const [name, size, chunkSize] of [
        ['small-chunks', 11 << 20, 1 << 20],
        ['odd-chunks', 11 << 20, 777_777],
        ['one-chunk', 11 << 20, 11 << 20],
        ['whole-parts', 10 << 20, 2 << 20],
      ] as const) {
        const key = `${inside}/${name}`
        const writer = await store.writer(key)
        for (let at = 0; at < size; at += chunkSize) {
          const chunk = whole.slice(at, Math.min(size, at + chunkSize))
          await writer.write(chunk)
          chunk.fill(0)
        }
        const info = await writer.close()
        expect(info.size).toBe(size)
        expect(Buffer.compare(await store.read(key), whole.subarray(0, size)), name).toBe(0)
        const [start, end] = [(5 << 20) - 3, (5 << 20) + 3]
        expect(await store.read(key, { range: { start, end }, version: info.version })).toEqual(whole.slice(start, end))
      }
    })

    it('copies to a new key and over an old one', async () => {
      const inside = folder()
      await store.put(`${inside}/from`, bytes('content'))
      await store.put(`${inside}/old`, bytes('to be replaced'))
      for (const to of ['new/one', 'old', 'from']) {
        expect(await store.copy(`${inside}/from`, `${inside}/${to}`)).toMatchObject({ key: `${inside}/${to}`, size: 7 })
        expect(text(await store.read(`${inside}/${to}`))).toBe('content')
      }
      await store.delete([`${inside}/from`])
      expect(text(await store.read(`${inside}/new/one`))).toBe('content')
      await store.put(`${inside}/old`, bytes('replaced again'))
      expect(text(await store.read(`${inside}/new/one`))).toBe('content')
    })

    it('lists in the order of UTF-8 bytes, which is not the order of folders', async () => {
      const inside = folder()
      const names = [
        'a-b/x',
        'a.csv',
        'a/x',
        'a/x/y',
        'a0',
        'B',
        'b',
        'z/é',
        'z/\uffee',
        'z/😀',
        'z/z',
        'a/x-1',
      ].filter((each) => each !== 'a/x')
      for (const each of names) await store.put(`${inside}/${each}`, bytes(each))
      const expected = names
        .map((each) => `${inside}/${each}`)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const listed = await all(store.list(`${inside}/`))
      expect(listed.map((info) => info.key)).toEqual(expected)
      for (const info of listed) expect(await store.head(info.key)).toEqual({ ...info, version: expect.any(String) })
      for (const [i, key] of expected.entries())
        expect((await all(store.list(`${inside}/`, { after: key }))).map((info) => info.key)).toEqual(
          expected.slice(i + 1),
        )
      expect((await all(store.list(`${inside}/`, { after: `${inside}/a-c` }))).map((info) => info.key)).toEqual(
        expected.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(`${inside}/a-c`)) > 0),
      )
    })

    it('lists by prefixes that end anywhere in a name', async () => {
      const inside = folder()
      for (const key of ['orders/1', 'orders/2', 'order_items/1', 'products'])
        await store.put(`${inside}/${key}`, bytes(key))
      const list = async (prefix: string) =>
        (await all(store.list(`${inside}/${prefix}`))).map((info) => info.key.slice(inside.length + 1))
      expect(await list('order')).toEqual(['order_items/1', 'orders/1', 'orders/2'])
      expect(await list('orders/')).toEqual(['orders/1', 'orders/2'])
      expect(await list('orders/2')).toEqual(['orders/2'])
      expect(await list('p')).toEqual(['products'])
      expect(await list('none/')).toEqual([])
    })

    it('lists more than a thousand objects whole', async () => {
      const inside = folder()
      const keys = Array.from({ length: 1_203 }, (_, i) => `${inside}/${String(i).padStart(5, '0')}`)
      for (let i = 0; i < keys.length; i += 50)
        await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, bytes('x'))))
      expect((await all(store.list(`${inside}/`))).map((info) => info.key)).toEqual(keys)
      expect((await all(store.list(`${inside}/`, { after: keys[1_100] ?? '' }))).length).toBe(102)
      expect((await all(store.list(`${inside}/`, { after: keys[202] ?? '' }))).length).toBe(1_000)
      expect((await all(store.list(`${inside}/`, { after: keys[201] ?? '' }))).length).toBe(1_001)
      await store.delete(keys)
      expect(await all(store.list(`${inside}/`))).toEqual([])
    })

    it('deletes what is there and does not mind what is not', async () => {
      const inside = folder()
      await store.put(`${inside}/a/b/c`, bytes('x'))
      await store.put(`${inside}/a/d`, bytes('x'))
      await store.delete([`${inside}/a/b/c`, `${inside}/none`, `${inside}/a`])
      expect((await all(store.list(`${inside}/`))).map((info) => info.key)).toEqual([`${inside}/a/d`])
      await store.delete([])
      await store.put(`${inside}/a/b/c`, bytes('again'))
      expect(text(await store.read(`${inside}/a/b/c`))).toBe('again')
    })

    it("creates in a folder while the folder's last object is being deleted", async () => {
      const inside = folder()
      const rounds = Array.from({ length: 30 }, async (_, i) => {
        await store.put(`${inside}/f/${i}`, bytes('x'), { ifAbsent: true })
        if (i % 2 === 0) await store.delete([`${inside}/f/${i}`])
      })
      await Promise.all(rounds)
      expect(await all(store.list(`${inside}/`))).toHaveLength(15)
    })

    it.each([
      '../up',
      'a/../../up',
      '/absolute',
      'a//b',
      'a/./b',
      '',
      'a/',
      'nul\0',
      'back\\slash',
      '.tmp/x',
      'a/.hidden',
    ])('refuses the key %j in every method', async (key) => {
      const good = `${folder()}/good`
      await store.put(good, bytes('x'))
      await expect(store.put(key, bytes('x'))).rejects.toThrow(/a key is/)
      await expect(store.put(key, bytes('x'), { ifAbsent: true })).rejects.toThrow(/a key is/)
      await expect(store.writer(key)).rejects.toThrow(/a key is/)
      await expect(store.read(key)).rejects.toThrow(/a key is/)
      await expect(store.head(key)).rejects.toThrow(/a key is/)
      await expect(store.copy(key, good)).rejects.toThrow(/a key is/)
      await expect(store.copy(good, key)).rejects.toThrow(/a key is/)
      await expect(store.delete([good, key])).rejects.toThrow(/a key is/)
    })

    it('refuses prefixes that leave the store', async () => {
      for (const prefix of ['../', 'a/../b', '/', 'a//'])
        await expect(all(store.list(prefix))).rejects.toThrow(/a key is/)
    })
  })
}

const oddNames = [
  'a b.csv',
  'a+b=c&d.csv',
  'a%2Fb.csv',
  'a%20b.csv',
  'a%2Bb.csv',
  '100%25.csv',
  '100%.csv',
  'São Paulo (1).csv',
  'Sa\u0303o Paulo.csv',
  '日本.csv',
  '😀.csv',
  "it's [x]*?.csv",
  'orders.csv?versionId=1',
  '#1;v=2,3@4$5!6~7^8|9`0{}<>".csv',
  ' leading and trailing ',
  'tab\t, line\n, return\r.csv',
]

const bytes = (content: string) => new TextEncoder().encode(content)
const text = (content: Uint8Array) => new TextDecoder().decode(content)

async function all<T>(listing: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const info of listing) found.push(info)
  return found
}

async function written(store: ObjectStore, key: string, parts: string[]): Promise<WrittenObject> {
  const writer = await store.writer(key)
  for (const part of parts) await writer.write(bytes(part))
  return writer.close()
}
