import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultSettings } from './effects.ts'
import type { Attempt, Source } from './markers.ts'
import { inOrder, mostItems, packItems, sliceBytesOf } from './plan.ts'

const settings = { ...defaultSettings, sliceBytes: 100, packBytes: 100, packFiles: 4 }
const attempt: Attempt = { run: 'r0', error: 'e', own: true }

let ids = 0
const source = (of: Partial<Source> & { attempts?: Attempt[] } = {}): Source & { attempts: Attempt[] } => {
  const id = `s${String(ids++).padStart(4, '0')}`
  const whole = {
    id,
    key: `raw/d/${id}.csv`,
    table: 't',
    etag: 'e',
    version: 'v',
    bytes: 10,
    lastModified: 0,
    arrival: 0,
  }
  return { ...whole, attempts: [], ...of }
}

/** Ids of the sources of each item of a table. */
const packs = (packed: ReturnType<typeof packItems>, table = 't') =>
  (packed.tables[table]?.items ?? []).map((item) => item.sources.map((index) => packed.sources[index]?.id))

const anySource = fc
  .record({
    table: fc.constantFrom('t', 'u'),
    bytes: fc.oneof(fc.nat(120), fc.nat(120), fc.nat(900), fc.constant(60_000)),
    arrival: fc.nat(5),
    key: fc.constantFrom('raw/d/a.csv', 'raw/d/b.csv', 'raw/d/c.csv.gz'),
    attempts: fc.constantFrom<Attempt[]>([], [], [attempt]),
  })
  .map(source)

describe('whatever waits,', () => {
  const packed = fc.array(anySource, { maxLength: 40 }).map((pending) => ({ pending, ...packItems(pending, settings) }))
  const hold = (check: (of: { pending: ReturnType<typeof source>[] } & ReturnType<typeof packItems>) => void) =>
    fc.assert(fc.property(packed, check), { seed: 7, numRuns: 100 })

  test('every planned source is worked on whole, by items of its table only', () => {
    hold(({ sources, tables }) => {
      const seen = sources.map(() => [] as (number | 'whole')[])
      for (const [name, { items }] of Object.entries(tables))
        for (const { sources: indexes, slice } of items)
          for (const index of indexes) {
            expect(sources[index]?.table).toBe(name)
            seen[index]?.push(slice ? slice.number : 'whole')
          }
      for (const [index, parts] of seen.entries()) {
        const { bytes = 0, key = '' } = sources[index] ?? {}
        const slices = key.endsWith('.gz') ? 1 : Math.ceil(bytes / Math.max(100, Math.ceil(bytes / 500)))
        expect(parts).toEqual(slices > 1 ? Array.from({ length: slices }, (_, n) => n) : ['whole'])
        const large = tables[sources[index]?.table ?? '']?.large.includes(index)
        expect(large).toBe(slices > 1)
      }
    })
  })

  test('the order is that of the drops, and does not depend on how they were listed', () => {
    hold(({ pending, sources, tables }) => {
      expect(sources).toEqual([...sources].sort(inOrder))
      const turned = packItems([...pending].reverse(), settings)
      expect(turned).toEqual({ sources, tables })
      expect(sources.every((one) => !('attempts' in one))).toBe(true)
    })
  })

  test('a pack stays within its bytes and its number of files', () => {
    hold(({ sources, tables }) => {
      for (const { items } of Object.values(tables))
        for (const { sources: indexes } of items) {
          expect(indexes.length).toBeLessThanOrEqual(4)
          const bytes = indexes.reduce((sum, index) => sum + (sources[index]?.bytes ?? 0), 0)
          if (indexes.length > 1) expect(bytes).toBeLessThanOrEqual(100)
        }
    })
  })

  test('a source that failed before shares its item with no other', () => {
    hold(({ pending, sources, tables }) => {
      const failed = new Set(pending.filter(({ attempts }) => attempts.length > 0).map(({ id }) => id))
      for (const { items } of Object.values(tables))
        for (const { sources: indexes } of items)
          if (indexes.some((index) => failed.has(sources[index]?.id ?? ''))) expect(indexes).toHaveLength(1)
    })
  })

  test('no table is given more items than a Map takes', () => {
    hold(({ tables }) => {
      for (const { items } of Object.values(tables)) expect(items.length).toBeLessThanOrEqual(mostItems)
    })
  })
})

test('small files share an item up to the last byte and the last file', () => {
  const [a, b, c, d] = [source({ bytes: 60 }), source({ bytes: 40 }), source({ bytes: 1 }), source({ bytes: 100 })]
  expect(packs(packItems([a, b, c, d], settings))).toEqual([[a.id, b.id], [c.id], [d.id]])
  const five = Array.from({ length: 5 }, () => source({ bytes: 1 }))
  expect(packs(packItems(five, settings)).map(({ length }) => length)).toEqual([4, 1])
})

test('a large plain file is cut into slices, a compressed one of the same size is not', () => {
  const plain = source({ bytes: 101, arrival: -1 })
  const packed = packItems([plain, source({ bytes: 101, key: 'raw/d/b.csv.gz' })], settings)
  expect(packed.tables.t).toEqual({
    items: [
      { sources: [0], slice: { number: 0, of: 2 } },
      { sources: [0], slice: { number: 1, of: 2 } },
      { sources: [1] },
    ],
    large: [0],
  })
  expect(sliceBytesOf(plain, settings)).toBe(100)
})

test('the slices of the largest file fill one Map and no more', () => {
  const huge = source({ bytes: 1_000_001 })
  const packed = packItems([huge], settings)
  expect(sliceBytesOf(huge, settings)).toBe(2001)
  expect(packed.tables.t?.items).toHaveLength(500)
  expect(packed.tables.t?.items.at(-1)?.slice).toEqual({ number: 499, of: 500 })
})

test('what finds no room waits, and keeps no other table waiting', () => {
  const failed = Array.from({ length: mostItems + 3 }, (_, n) => source({ arrival: n, attempts: [attempt] }))
  const other = source({ table: 'u', arrival: 9999 })
  const { sources, tables } = packItems([...failed, other], settings)
  expect(tables.t?.items).toHaveLength(mostItems)
  expect(sources.map(({ id }) => id)).toEqual([...failed.slice(0, mostItems).map(({ id }) => id), other.id])
})

test('a file that is large enough for a whole Map is planned beside one that keeps failing', () => {
  const stuck = source({ arrival: 1, attempts: [{ ...attempt, own: false }] })
  const huge = source({ arrival: 2, bytes: 100_000 })
  expect(packItems([stuck, huge], settings).sources.map(({ id }) => id)).toContain(huge.id)
})
