import { describe, expect, test } from 'vitest'
import { draw, exp, logNormal, normal, weighted } from './distribution.ts'
import { below, between, chance, createRandom, hexId, uint32, uuid } from './random.ts'

describe('random', () => {
  test('gives the same numbers for a seed and path on every machine', () => {
    const random = createRandom(7, 'order', 3)
    expect(Array.from({ length: 4 }, () => uint32(random))).toEqual([2531353817, 2177605472, 3210313987, 524141249])
    expect(logNormal(createRandom(7, 'price'), 80, 0.9)).toBe(38.87862459890265)
  })

  test('gives other numbers for another seed, label, index, and for seeds beyond 32 bits', () => {
    const first = (seed: number, ...path: (string | number)[]) => uint32(createRandom(seed, ...path))
    const all = [
      first(1),
      first(2),
      first(1, 'a'),
      first(1, 'b'),
      first(1, 'a', 0),
      first(1, 'a', 1),
      first(2 ** 32 + 1),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  test('refuses a seed that is no whole number', () => {
    expect(() => createRandom(1.5)).toThrow('generator: a seed is an integer')
    expect(() => createRandom(-1)).toThrow('got -1')
  })

  test('draws evenly, within both ends, and by weight', () => {
    const random = createRandom(1)
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) counts[below(random, 10)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
    const drawn = new Set(Array.from({ length: 1000 }, () => between(random, -1, 1)))
    expect([...drawn].sort()).toEqual([-1, 0, 1])
    const letters = weighted([
      ['a', 1],
      ['b', 0],
      ['c', 3],
    ])
    const share =
      Array.from({ length: 20_000 }, () => draw(random, letters)).filter((letter) => letter === 'c').length / 20_000
    expect(share).toBeCloseTo(0.75, 1)
    expect(Array.from({ length: 1000 }, () => draw(random, letters))).not.toContain('b')
    expect(Array.from({ length: 100 }, () => chance(random, 1))).not.toContain(false)
    expect(Array.from({ length: 100 }, () => chance(random, 0))).not.toContain(true)
  })

  test('computes e to the x as Math.exp does, and a normal of mean 0 and deviation 1', () => {
    for (let x = -12; x <= 12; x += 0.37) expect(exp(x) / Math.exp(x)).toBeCloseTo(1, 12)
    const random = createRandom(3)
    const values = Array.from({ length: 50_000 }, () => normal(random))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(variance - 1)).toBeLessThan(0.03)
  })

  test('makes ids of 32 hex digits and UUIDs of version 4', () => {
    const random = createRandom(5)
    expect(hexId(random)).toMatch(/^[0-9a-f]{32}$/)
    for (let i = 0; i < 100; i++)
      expect(uuid(random)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
