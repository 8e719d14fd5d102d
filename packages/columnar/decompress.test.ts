import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits, isPacked, openPlain, type PlainOptions, unpack } from './decompress.ts'
import { bytesInMemory } from './file-bytes.ts'
import { chunked, gather } from './testing.ts'
import { zip } from './testing-zip.ts'
import { Unreadable } from './unreadable.ts'

const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => `order${(i * 7919) % 10_007},${i}\n`).join(''))

const plain = (name: string, bytes: Uint8Array, options: PlainOptions = {}) =>
  gather(openPlain(name, bytesInMemory(bytes), options))

async function refusal(name: string, bytes: Uint8Array, options: PlainOptions = {}): Promise<string> {
  const error = await plain(name, bytes, options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Unreadable)
  return (error as Error).message
}

const packers: [ending: string, pack: (bytes: Uint8Array) => Buffer][] = [
  ['gz', gzipSync],
  // As the zstd command writes it; without a checksum, damage is only found where it breaks the format.
  ['zst', (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  ['zip', (bytes) => zip([{ name: 'orders.csv', bytes }])],
]

describe('isPacked', () => {
  it('goes by the ending', () => {
    for (const name of ['a.csv.gz', 'a.ZIP', 'raw/a.zst', 'a.parquet']) expect(isPacked(name)).toBe(true)
    for (const name of ['a.csv', 'gz', 'a.gz.csv']) expect(isPacked(name)).toBe(false)
  })
})

describe('openPlain', () => {
  it('passes plain bytes as they are', async () => {
    expect(await plain('orders.csv', text)).toEqual(text)
    expect(await plain('orders.csv', new Uint8Array(0))).toEqual(Buffer.alloc(0))
    expect(await plain('orders.csv', Buffer.from('a'))).toEqual(Buffer.from('a'))
  })
  for (const [ending, pack] of packers) {
    it(`unpacks .${ending} by its ending or its first bytes`, async () => {
      const packed = pack(text)
      expect(await plain(`orders.csv.${ending}`, packed)).toEqual(text)
      expect(await plain('delivery-2024', packed)).toEqual(text)
      expect(await plain(`empty.csv.${ending}`, pack(new Uint8Array(0)))).toEqual(Buffer.alloc(0))
    })
    it(`refuses a .${ending} that is cut off anywhere, corrupt, or none`, async () => {
      const packed = pack(text)
      for (const length of [0, 3, 20, packed.length >> 1, packed.length - 1])
        expect(await refusal(`orders.csv.${ending}`, packed.subarray(0, length))).toMatch(/^orders.csv.*not a whole/)
      const corrupt = Buffer.from(packed)
      corrupt[200]! ^= 0x55
      await refusal(`orders.csv.${ending}`, corrupt)
      await refusal(`orders.csv.${ending}`, text)
    })
    it(`stops a .${ending} that unpacks to more than it may`, async () => {
      const bomb = pack(Buffer.alloc(20 << 20))
      const small = { ...defaultLimits, mostBytes: 1 << 20 }
      expect(await refusal(`orders.csv.${ending}`, bomb, { limits: small })).toMatch(
        /unpacks to more than 1048576 bytes/,
      )
      const steep = { ...defaultLimits, freeBytes: 1 << 20 }
      expect(await refusal(`orders.csv.${ending}`, bomb, { limits: steep })).toMatch(
        /unpacks to more than 200 times its size/,
      )
      expect(await plain(`orders.csv.${ending}`, bomb), 'alike rows of a usual size').toHaveLength(20 << 20)
    })
    it(`passes an error of reading .${ending} as it is`, async () => {
      const failure = new Error('the network is gone')
      const packed = bytesInMemory(pack(text))
      let reads = 0
      const failing = {
        ...packed,
        read: (range: { start: number; end: number }) => {
          if (reads++ > 0) throw failure
          return packed.read(range)
        },
      }
      await expect(gather(openPlain(`orders.csv.${ending}`, failing))).rejects.toBe(failure)
    })
  }
  it('reads gzip members and zstd frames that follow each other, in any chunks', async () => {
    const parts = [text.subarray(0, 5000), Buffer.alloc(0), text.subarray(5000, 5001), text.subarray(5001)]
    for (const [ending, pack] of packers.slice(0, 2)) {
      const open = unpack[ending === 'gz' ? 'gzip' : 'zstd']
      const packed = Buffer.concat(parts.map((part) => pack(part)))
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: packed.length }), async (size) => {
          expect(await gather(open(chunked(packed, size)))).toEqual(text)
        }),
        { seed: 24, numRuns: 25 },
      )
      for (const size of [1, 7, 1000, packed.length])
        await expect(gather(open(chunked(packed.subarray(0, packed.length - 5), size)))).rejects.toThrow()
      await refusal(`a.${ending}`, Buffer.concat([pack(text), Buffer.from('and something else')]))
    }
  })
  it('lets go of the source when nobody reads on', async () => {
    for (const [ending, pack] of packers.slice(0, 2)) {
      let closed = false
      async function* watched() {
        try {
          yield* chunked(pack(text), 100)
        } finally {
          closed = true
        }
      }
      for await (const _ of unpack[ending === 'gz' ? 'gzip' : 'zstd'](watched())) break
      expect(closed).toBe(true)
    }
  })
  it('takes a stored entry, and leaves folders and what Finder adds aside', async () => {
    const bytes = zip([
      { name: 'data/', bytes: Buffer.alloc(0), stored: true },
      { name: 'data/orders.csv', bytes: text, stored: true },
      { name: '__MACOSX/data/._orders.csv', bytes: Buffer.from('x') },
      { name: 'data/.DS_Store', bytes: Buffer.from('x') },
    ])
    expect(await plain('orders.zip', bytes)).toEqual(text)
  })
  it('refuses a zip of several files or none, an encrypted one, and a wrong checksum', async () => {
    const one = { name: 'a.csv', bytes: text }
    expect(await refusal('a.zip', zip([one, { name: 'b.csv', bytes: text }]))).toMatch(/several files/)
    expect(await refusal('a.zip', zip([]))).toMatch(/no file/)
    expect(await refusal('a.zip', zip([{ ...one, flags: 1 }]))).toMatch(/encrypted/)
    expect(await refusal('a.zip', zip([{ ...one, crc: 1 }]))).toMatch(/checksum/)
  })
  it('reads one member of several, also one that is packed once more', async () => {
    const bytes = zip([
      { name: 'orders.csv', bytes: text },
      { name: 'in/items.csv.gz', bytes: gzipSync(text.subarray(0, 99)) },
      { name: 'ação.csv.zst', bytes: zstdCompressSync(text.subarray(0, 9)) },
    ])
    expect(await plain('a.zip', bytes, { member: 'orders.csv' })).toEqual(text)
    expect(await plain('a.zip', bytes, { member: 'in/items.csv.gz' })).toEqual(text.subarray(0, 99))
    expect(await plain('a.zip', bytes, { member: 'ação.csv.zst' })).toEqual(text.subarray(0, 9))
    expect(await refusal('a.zip', bytes, { member: 'none.csv' })).toMatch(/^none.csv: .*no member of this name/)
  })
  it('says of each member why it cannot be read, and reads the others', async () => {
    const good = { name: 'good.csv', bytes: text }
    const bytes = zip([
      { name: 'locked.csv', bytes: text, flags: 1 },
      { name: 'twice.csv', bytes: text },
      { name: 'twice.csv', bytes: text.subarray(0, 9) },
      { name: '/etc/absolute.csv', bytes: text },
      { name: '../../above.csv', bytes: text },
      { name: 'long.csv', bytes: text, claimed: 10 },
      { name: 'short.csv', bytes: text.subarray(0, 9), stored: true, claimed: 5 },
      { name: 'odd.csv', bytes: text, method: 14 },
      { name: 'inner.zip', bytes: zip([good]) },
      good,
    ])
    const faults = {
      'locked.csv': /encrypted/,
      'twice.csv': /2 members of this name/,
      '/etc/absolute.csv': /leads out of the archive/,
      '../../above.csv': /leads out of the archive/,
      'long.csv': /its size is not/,
      'short.csv': /its size is not/,
      'odd.csv': /method 14/,
      'inner.zip': /archive within the archive/,
    }
    for (const [member, fault] of Object.entries(faults))
      expect(await refusal('a.zip', bytes, { member })).toMatch(fault)
    expect(await plain('a.zip', bytes, { member: 'good.csv' })).toEqual(text)
  })
  it('refuses an archive whose members lie over each other', async () => {
    const bytes = zip([
      { name: 'a.csv', bytes: text },
      { name: 'b.csv', bytes: text },
    ])
    // Both packed sizes of the directory, as if each member were as long as the whole archive.
    const directory = bytes.indexOf('PK\x01\x02', 0, 'latin1')
    for (let at = directory; at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1, 'latin1'))
      bytes.writeUInt32LE(bytes.length, at + 20)
    expect(await refusal('a.zip', bytes, { member: 'a.csv' })).toMatch(/overlap/)
  })
  it('reads a member of a large archive without reading the rest', async () => {
    const noise = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => (i * 2_654_435_761) >>> 24))
    const archive = bytesInMemory(
      zip([
        { name: 'big.bin', bytes: noise, stored: true },
        { name: 'orders.csv', bytes: text },
        { name: 'big2.bin', bytes: noise, stored: true },
      ]),
    )
    let read = 0
    let reads = 0
    const counting = {
      ...archive,
      read: async (range: { start: number; end: number }) => {
        const bytes = await archive.read(range)
        read += bytes.length
        reads++
        return bytes
      },
    }
    expect(await gather(openPlain('a.zip', counting, { member: 'orders.csv' }))).toEqual(text)
    expect(read).toBeLessThan(300_000)
    expect(reads).toBeLessThan(8)
  })
  it('knows a bomb in a zip by the size that it claims, before it unpacks anything', async () => {
    const bomb = zip([{ name: 'a.csv', bytes: text, claimed: 2 ** 31 }])
    expect(await refusal('a.zip', bomb)).toMatch(/200 times its size/)
  })
  it('names what lies under the name of an archive', async () => {
    for (const name of ['orders.zip', 'orders.csv.gz', 'orders.zst'])
      expect(await refusal(name, Buffer.from('version https://git-lfs.github.com/spec/v1\n'))).toBe(
        `${name}: a Git LFS pointer: run git lfs pull`,
      )
  })
  it('names an Excel workbook and other documents', async () => {
    const sheet = [
      { name: '[Content_Types].xml', bytes: text },
      { name: 'xl/workbook.xml', bytes: text },
    ]
    expect(await refusal('orders.xlsx', zip(sheet))).toMatch(/^orders.xlsx: an Excel workbook: save it as CSV$/)
    const calc = [
      { name: 'mimetype', bytes: text },
      { name: 'content.xml', bytes: text },
    ]
    expect(await refusal('orders.csv', zip(calc))).toMatch(/OpenDocument/)
  })
})
