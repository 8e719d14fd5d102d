import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPrefix, clampRange, compareKeys } from './object-key.ts'

describe('keys', () => {
  it('are ordered by their UTF-8 bytes', () => {
    const key = fc.string({ unit: fc.constantFrom('a', '/', '-', '\uffee', '😀', '\u{10fffd}', 'é', '\ue000') })
    fc.assert(
      fc.property(key, key, (a, b) => compareKeys(a, b) === Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)))),
      { seed: 7, numRuns: 2_000 },
    )
  })

  it('have prefixes that end anywhere but outside', () => {
    for (const prefix of ['', 'raw/', 'raw/oli', 'raw/olist/']) expect(checkPrefix(prefix)).toBe(prefix)
    for (const prefix of ['/', 'raw//', '..', 'raw/../x', 'raw/.x', '.tmp/'])
      expect(() => checkPrefix(prefix)).toThrow()
  })

  it('have ranges within the object', () => {
    expect(clampRange(10)).toEqual({ start: 0, end: 10 })
    expect(clampRange(10, { start: 4, end: 99 })).toEqual({ start: 4, end: 10 })
    expect(clampRange(10, { start: 40, end: 99 })).toEqual({ start: 10, end: 10 })
    expect(() => clampRange(10, { start: 0.5, end: 2 })).toThrow(/whole numbers/)
  })
})
