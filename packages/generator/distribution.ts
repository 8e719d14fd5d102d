import { below, type Random, uint32 } from './random.ts'

/** Values with whole-number weights, ready to be drawn from. */
export interface Weighted<T> {
  values: readonly T[]
  /** Running sums of the weights. */
  upTo: Float64Array
  total: number
}

/** Weights are rounded to whole numbers; those of 0 are never drawn. */
export function weighted<T>(entries: readonly (readonly [T, number])[]): Weighted<T> {
  const upTo = new Float64Array(entries.length)
  let total = 0
  entries.forEach(([, weight], index) => {
    total += Math.max(0, Math.round(weight))
    upTo[index] = total
  })
  if (total < 1 || total > 0xffffffff)
    throw new Error(`generator: weights must sum to a 32-bit number above 0, got ${total}; scale them`)
  return { values: entries.map(([value]) => value), upTo, total }
}

export function draw<T>(random: Random, from: Weighted<T>): T {
  const at = below(random, from.total)
  let low = 0
  let high = from.upTo.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (from.upTo[middle]! > at) high = middle
    else low = middle + 1
  }
  return from.values[low]!
}

/** About standard normal: the sum of twelve 16-bit numbers less its mean, so within ±6. */
export function normal(random: Random): number {
  let sum = 0
  for (let i = 0; i < 6; i++) {
    const word = uint32(random)
    sum += (word & 0xffff) + (word >>> 16)
  }
  return (sum - 6 * 0xffff) / 0x1_0000
}

const ln2 = Math.LN2

/** e to the x from + − × ÷ alone (`Math.exp` may differ in the last bit between engines); relative error under 1e-13. */
export function exp(x: number): number {
  const halvings = Math.floor(x / ln2 + 0.5)
  const rest = x - halvings * ln2
  let sum = 1
  for (let term = 14; term >= 1; term--) sum = 1 + (sum * rest) / term
  for (let i = 0; i < halvings; i++) sum *= 2
  for (let i = 0; i > halvings; i--) sum /= 2
  return sum
}

/** `sigma` is the standard deviation of the logarithm. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * exp(sigma * normal(random))
}

/** Index below `n` where small ones are popular: the first has a share of about 1/√n. */
export function popular(random: Random, n: number): number {
  const u = uint32(random) / 0x1_0000_0000
  return Math.floor(u * u * n)
}
