/**
 * Seeded pseudo-random numbers: the generator sfc32 on 32-bit integers, one independent stream per path of labels.
 *
 * Same seed, same bytes, on every machine: only integer operations and + − × ÷ floor are used, which ECMAScript rounds
 * one way. `Math.exp`, `Math.log`, `Math.pow`, `Math.sin` are not, so nothing in this package calls them.
 */
export interface Random {
  a: number
  b: number
  c: number
  d: number
}

/** MurmurHash3's 32-bit finisher: every input bit moves every output bit. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h | 0
}

/**
 * The stream that belongs to a seed and a path such as `('order', 17)`: entity 17 comes out the same, whatever was drawn
 * for the others.
 *
 * @param seed integer 0 … 2^53 − 1
 */
export function createRandom(seed: number, ...path: (string | number)[]): Random {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Error(`generator: a seed is an integer from 0 to 2^53 - 1, got ${seed}; pass one`)
  let a = mix((seed >>> 0) ^ 0x9e3779b9)
  let b = mix(Math.floor(seed / 0x1_0000_0000) ^ 0x243f6a88)
  let c = mix(a ^ b ^ 0xb7e15162)
  for (const part of path) {
    const word = typeof part === 'string' ? hashText(part) : part | 0
    a = mix(a ^ word)
    b = mix((b + Math.imul(word, 0x9e3779b1)) ^ a)
    c = mix((c ^ Math.imul(word, 0x85ebca77)) + b)
  }
  const random = { a, b, c, d: 1 }
  for (let i = 0; i < 12; i++) uint32(random)
  return random
}

/** A whole number from 0 to 2^32 − 1. */
export function uint32(random: Random): number {
  const t = (((random.a + random.b) | 0) + random.d) | 0
  random.d = (random.d + 1) | 0
  random.a = random.b ^ (random.b >>> 9)
  random.b = (random.c + (random.c << 3)) | 0
  random.c = ((random.c << 21) | (random.c >>> 11)) + t
  random.c |= 0
  return t >>> 0
}

/** A whole number from 0 to `n` − 1; `n` up to 2^32. */
export function below(random: Random, n: number): number {
  return Math.floor((uint32(random) * n) / 0x1_0000_0000)
}

/** A whole number, both ends included. */
export function between(random: Random, low: number, high: number): number {
  return low + below(random, high - low + 1)
}

/** True in this share (0 … 1) of calls. */
export function chance(random: Random, share: number): boolean {
  return uint32(random) < share * 0x1_0000_0000
}

export function pick<T>(random: Random, list: readonly T[]): T {
  if (list.length === 0)
    throw new Error('generator: nothing to pick from, got an empty list; pass one element at least')
  return list[below(random, list.length)]!
}

const bytes = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))

const hexWord = (word: number): string =>
  bytes[word >>> 24]! + bytes[(word >>> 16) & 255]! + bytes[(word >>> 8) & 255]! + bytes[word & 255]!

/** 32 lower-case hex digits, as the ids of the public files. */
export function hexId(random: Random): string {
  return hexWord(uint32(random)) + hexWord(uint32(random)) + hexWord(uint32(random)) + hexWord(uint32(random))
}

/** A version 4 UUID. */
export function uuid(random: Random): string {
  const second = hexWord(uint32(random))
  const third = hexWord(((uint32(random) & 0x3fffffff) | 0x80000000) >>> 0)
  const head = hexWord(uint32(random))
  return `${head}-${second.slice(0, 4)}-4${second.slice(5)}-${third.slice(0, 4)}-${third.slice(4)}${hexWord(uint32(random))}`
}
