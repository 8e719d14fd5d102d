import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCompressed, openPlain } from './decompress.ts'
import { chunked, gather } from './testing.ts'
import { Unreadable } from './unreadable.ts'

const text = Buffer.from(Array.from({ length: 3000 }, (_, i) => `order${(i * 7919) % 10_007},${i}\n`).join(''))

const plain = (name: string, bytes: Uint8Array, size = 1000, maxBytes?: number) =>
  gather(openPlain(name, chunked(bytes, size), maxBytes === undefined ? {} : { maxBytes }))

async function refusal(name: string, bytes: Uint8Array, maxBytes?: number): Promise<string> {
  const error = await plain(name, bytes, 1000, maxBytes).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Unreadable)
  return (error as Error).message
}

/** A zip as the format's appnote has it: stored or deflated entries, a directory, an end record. */
function zip(entries: { name: string; bytes: Uint8Array; stored?: boolean; crc?: number; flags?: number }[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, stored = false, crc = crc32(bytes), flags = 0 } of entries) {
    const data = stored ? Buffer.from(bytes) : deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(flags, 2)
    fields.writeUInt16LE(stored ? 0 : 8, 4)
    fields.writeUInt32LE(crc, 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end])
}

const packers: [ending: string, pack: (bytes: Uint8Array) => Buffer][] = [
  ['gz', gzipSync],
  // As the zstd command writes it; without a checksum, damage is only found where it breaks the format.
  ['zst', (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  ['zip', (bytes) => zip([{ name: 'orders.csv', bytes }])],
]

describe('isCompressed', () => {
  it('goes by the ending', () => {
    for (const name of ['a.csv.gz', 'a.ZIP', 'raw/a.zst']) expect(isCompressed(name)).toBe(true)
    for (const name of ['a.csv', 'gz', 'a.gz.csv']) expect(isCompressed(name)).toBe(false)
  })
})

describe('openPlain', () => {
  it('passes plain bytes as they are', async () => {
    expect(await plain('orders.csv', text)).toEqual(text)
    expect(await plain('orders.csv', new Uint8Array(0))).toEqual(Buffer.alloc(0))
    expect(await plain('orders.csv', Buffer.from('a'), 1)).toEqual(Buffer.from('a'))
  })
  for (const [ending, pack] of packers) {
    it(`unpacks .${ending}, in any chunks, by its ending or its first bytes`, async () => {
      const packed = pack(text)
      for (const size of [1, 13, 1 << 20]) expect(await plain(`orders.csv.${ending}`, packed, size)).toEqual(text)
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
      expect(await refusal(`orders.csv.${ending}`, bomb, 1 << 20)).toMatch(/unpacks to more than 1048576 bytes/)
    })
    it(`passes an error of the source through .${ending} as it is`, async () => {
      const failure = new Error('the network is gone')
      async function* failing() {
        yield pack(text).subarray(0, 100)
        throw failure
      }
      await expect(gather(openPlain(`orders.csv.${ending}`, failing()))).rejects.toBe(failure)
    })
    it(`lets go of the source when nobody reads .${ending} on`, async () => {
      let closed = false
      async function* watched() {
        try {
          yield* chunked(pack(text), 100)
        } finally {
          closed = true
        }
      }
      for await (const _ of openPlain(`orders.csv.${ending}`, watched())) break
      expect(closed).toBe(true)
    })
  }
  it('reads gzip members and zstd frames that follow each other, in any chunks', async () => {
    const parts = [text.subarray(0, 5000), Buffer.alloc(0), text.subarray(5000, 5001), text.subarray(5001)]
    for (const [ending, pack] of packers.slice(0, 2)) {
      const packed = Buffer.concat(parts.map((part) => pack(part)))
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: packed.length }), async (size) => {
          expect(await plain(`a.${ending}`, packed, size)).toEqual(text)
        }),
        { seed: 24, numRuns: 25 },
      )
      for (const size of [1, 7, 1000, packed.length])
        await expect(plain(`a.${ending}`, packed.subarray(0, packed.length - 5), size)).rejects.toBeInstanceOf(
          Unreadable,
        )
      await refusal(`a.${ending}`, Buffer.concat([pack(text), Buffer.from('and something else')]))
    }
  })
  it('takes a stored entry, and leaves folders and what Finder adds aside', async () => {
    const bytes = zip([
      { name: 'data/', bytes: Buffer.alloc(0), stored: true },
      { name: 'data/orders.csv', bytes: text, stored: true },
      { name: '__MACOSX/data/._orders.csv', bytes: Buffer.from('x') },
    ])
    expect(await plain('orders.zip', bytes)).toEqual(text)
  })
  it('refuses a zip of several files or none, an encrypted one, and a wrong checksum', async () => {
    const one = { name: 'a.csv', bytes: text }
    expect(await refusal('a.zip', zip([one, { name: 'b.csv', bytes: text }]))).toMatch(/several files/)
    expect(await refusal('a.zip', zip([]))).toMatch(/no file/)
    expect(await refusal('a.zip', zip([{ ...one, flags: 1 }]))).toMatch(/encrypted/)
    expect(await refusal('a.zip', zip([{ ...one, crc: 1 }]))).toMatch(/checksum of a.csv/)
  })
})
