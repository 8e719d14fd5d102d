import type { Cell } from '@droplake/contracts/column'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashCells, sameCells } from './key-hash.ts'

const hash = (...cells: Cell[]) =>
  hashCells(
    cells.map((cell) => [cell]),
    0,
  )
const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 9 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.boolean(),
  fc.constant(null),
)
const small = fc.constantFrom<Cell>(null, '', 'a', 'aa', 0, -0, 1, 1.5, -1n, 2n ** 62n, true, false)
const asColumns = (row: readonly Cell[]) => row.map((value) => [value])

describe('hashCells', () => {
  it('never changes, because it is stored', () => {
    expect(hash('0123456789abcdef0123456789abcdef', 1)).toMatchInlineSnapshot(`1428234020720306653n`)
    expect(hash('são paulo 😀')).toMatchInlineSnapshot(`-4079939459213069417n`)
    expect(hash(2305843009213693951n, null, true, 1.5)).toMatchInlineSnapshot(`2737481260166971494n`)
    expect(hash()).toMatchInlineSnapshot(`-1461767550959950861n`)
  })
  it('is a signed 64-bit integer', () => {
    fc.assert(
      fc.property(fc.array(cell), (row) => {
        const value = hash(...row)
        expect(BigInt.asIntN(64, value)).toBe(value)
      }),
      { seed: 17 },
    )
  })
  it('is equal for equal rows, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), fc.array(cell), (row, before) => {
        const moved = row.map((value) => [...before, value])
        expect(hashCells(moved, before.length)).toBe(hash(...row))
        expect(sameCells(moved, before.length, asColumns(row), 0)).toBe(true)
      }),
      { seed: 18 },
    )
  })
  it('differs exactly where rows differ, for rows that differ in type, null, zero or the border of cells', () => {
    fc.assert(
      fc.property(
        fc.array(small, { minLength: 2, maxLength: 2 }),
        fc.array(small, { minLength: 2, maxLength: 2 }),
        (a, b) => {
          expect(hash(...a) === hash(...b)).toBe(sameCells(asColumns(a), 0, asColumns(b), 0))
        },
      ),
      { seed: 19, numRuns: 2000 },
    )
    expect(hash('ab', 'c')).not.toBe(hash('a', 'bc'))
    expect(hash(null)).not.toBe(hash(null, null))
  })
  it('is one for a whole number, whether 32 bits hold it, 64, or a double', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(hash(value)).toBe(hash(BigInt(value)))
      }),
      { seed: 20 },
    )
    expect(hash('a', -0)).toBe(hash('a', 0n))
    expect(hash(1.5)).not.toBe(hash(1n))
  })
  it('spreads like a random 64-bit number over the keys of a table', () => {
    const keys = 200_000
    const hashes = new Set<bigint>()
    const halves = [new Set<bigint>(), new Set<bigint>()] as const
    for (let i = 0; i < keys; i++) {
      const value = hash(`order${i}`, i % 7)
      hashes.add(value)
      halves[0].add(value >> 32n)
      halves[1].add(value & 0xffffffffn)
    }
    expect(hashes.size).toBe(keys)
    // A random 32-bit half of so many keys is expected to collide about 4.7 times.
    for (const half of halves) expect(keys - half.size).toBeLessThan(20)
  })
})
