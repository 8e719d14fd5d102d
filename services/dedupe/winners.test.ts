import type { Cell } from '@droplake/contracts/column'
import type { Dedupe } from '@droplake/contracts/table'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidates, foreign, noCandidates, type Origin, staged, stored, winners } from './winners.ts'

interface Row {
  origin: Origin
  /** Collides with other keys. */
  hash: bigint
  key: [string, number | null]
  version: number | null
  arrival: number
  /** In the plan; -1 for stored rows. */
  place: number
  row: number
}

function candidatesOf(rows: readonly Row[]): Candidates {
  const candidates = noCandidates(2)
  const files = new Map<string, number>()
  for (const { origin, hash, key, version, arrival, place, row } of rows) {
    const name = `${arrival} ${place}`
    if (!files.has(name)) files.set(name, candidates.files.push({ arrival, place }) - 1)
    candidates.origin.push(origin)
    candidates.hash.push(hash)
    for (const [c, cell] of key.entries()) candidates.identity[c]?.push(cell)
    candidates.greatest.push(version as Cell)
    candidates.file.push(files.get(name) ?? -1)
    candidates.row.push(row)
  }
  return candidates
}

const byRank = (a: Row, b: Row) => a.arrival - b.arrival || a.place - b.place || a.row - b.row

/** The rule as one would say it: sort the rows of a key, keep one. */
function expected(rows: readonly Row[], dedupe: Dedupe): Row[] {
  if (dedupe === 'none') return [...rows]
  const groups = Map.groupBy(rows, ({ key }) => JSON.stringify(key))
  return [...groups.values()].map((group) => {
    const sorted = [...group].sort((a, b) => {
      if (dedupe === 'first') return byRank(b, a)
      if (dedupe === 'exact') return Number(b.origin !== stored) - Number(a.origin !== stored) || byRank(b, a)
      if (dedupe === 'latest') return byRank(a, b)
      return (a.version ?? -Infinity) - (b.version ?? -Infinity) || byRank(a, b)
    })
    return sorted.at(-1) as Row
  })
}

const rank = fc.record({
  arrival: fc.nat(3),
  place: fc.constantFrom(-1, 0, 1),
  row: fc.nat(6),
})
/** Rows with distinct ranks, few keys and fewer hashes. */
const anyRows = (origins: Origin[], ofKey: (key: string) => Origin[] = () => origins) =>
  fc
    .uniqueArray(
      fc.record({
        rank,
        name: fc.constantFrom('x', 'y', 'z', ''),
        n: fc.constantFrom(1, 2, null),
        pick: fc.nat(9),
        version: fc.option(fc.nat(2)),
      }),
      { maxLength: 30, selector: (drawn) => JSON.stringify(drawn.rank) },
    )
    .map((drawn) =>
      drawn.map(({ rank: at, name, n, pick, version }): Row => {
        const allowed = ofKey(name)
        const hash = name === 'x' || name === 'y' ? 1n : -1n
        return { ...at, origin: allowed[pick % allowed.length] ?? staged, hash, key: [name, n], version }
      }),
    )

const kept = (rows: readonly Row[], dedupe: Dedupe) => {
  const alive = winners(candidatesOf(rows), dedupe)
  return rows.filter((_, i) => alive[i] === 1)
}
const all: Dedupe[] = ['latest', 'first', 'exact', { greatest: 'version' }, 'none']
const named = all.map((dedupe) => [typeof dedupe === 'string' ? dedupe : 'greatest', dedupe] as const)

describe.each(named)('%s', (_, dedupe) => {
  const origins: Origin[] = dedupe === 'exact' ? [stored, staged] : [stored, staged, foreign]

  test('keeps the rows that sorting each key’s rows by rank would keep', () => {
    fc.assert(
      fc.property(anyRows(origins), (rows) => {
        expect(new Set(kept(rows, dedupe))).toEqual(new Set(expected(rows, dedupe)))
      }),
      { seed: 11, numRuns: 300 },
    )
  })

  test('does not care in which order the rows come', () => {
    const shuffled = anyRows(origins).chain((rows) =>
      fc.record({ rows: fc.constant(rows), other: fc.shuffledSubarray(rows, { minLength: rows.length }) }),
    )
    fc.assert(
      fc.property(shuffled, ({ rows, other }) => {
        expect(new Set(kept(other, dedupe))).toEqual(new Set(kept(rows, dedupe)))
      }),
      { seed: 12, numRuns: 150 },
    )
  })
})

const row = (of: Partial<Row>): Row => ({
  origin: staged,
  hash: 1n,
  key: ['k', 1],
  version: null,
  arrival: 1,
  place: 0,
  row: 1,
  ...of,
})

test('of uploads of the same second the one that was taken later wins, and of one run the later of its plan', () => {
  const before = row({ origin: stored, place: -1, row: 9 })
  const [first, second] = [row({ place: 0, row: 5 }), row({ place: 1, row: 1 })]
  expect(kept([before, second, first], 'latest')).toEqual([second])
  expect(kept([before, first], 'latest')).toEqual([first])
  expect(kept([first, before], 'first')).toEqual([before])
})

test('a file that arrived before what is stored loses, whatever its rows are numbered', () => {
  const old = row({ arrival: 1, row: 99 })
  const now = row({ origin: stored, arrival: 2 })
  expect(kept([now, old], 'latest')).toEqual([now])
  expect(kept([now, old], 'first')).toEqual([old])
})

test('a row without a version loses to one with any, and equal versions go by rank', () => {
  const none = row({ arrival: 9, version: null })
  const low = row({ arrival: 1, version: -5 })
  const high = row({ arrival: 2, version: -5 })
  expect(kept([none, low], { greatest: 'version' })).toEqual([low])
  expect(kept([high, low, none], { greatest: 'version' })).toEqual([high])
  expect(kept([none, row({ arrival: 3 })], { greatest: 'version' })).toEqual([none])
})

test('of exact repeats the stored one stays, so that its file may', () => {
  const here = row({ origin: stored, arrival: 9 })
  const earlier = row({ arrival: 1 })
  expect(kept([here, earlier], 'exact')).toEqual([here])
  expect(kept([earlier, here], 'exact')).toEqual([here])
  expect(kept([row({ row: 2 }), earlier], 'exact')).toEqual([earlier])
})

test('a row read twice is one row', () => {
  const twice = [row({ origin: stored }), row({ origin: staged })]
  for (const dedupe of ['latest', 'first', 'exact'] as const) expect(kept(twice, dedupe)).toEqual([twice[0]])
})
