import { below, type Random } from './random.ts'

export interface ShuffleWindow<T> {
  /** Takes an item; gives back a random one of those held once the window is full. */
  push(item: T): T | undefined
  /** What is left, in random order. */
  rest(): Generator<T>
}

/** Disorder of bounded memory: an item comes out about `size` places from where it went in. Size 0 keeps the order. */
export function createShuffleWindow<T>(size: number, random: Random): ShuffleWindow<T> {
  const held: T[] = []
  return {
    push(item) {
      if (held.length < size) {
        held.push(item)
        return undefined
      }
      if (size === 0) return item
      const at = below(random, size)
      const out = held[at]!
      held[at] = item
      return out
    },
    *rest() {
      while (held.length > 0) {
        const at = below(random, held.length)
        const out = held[at]!
        held[at] = held.at(-1)!
        held.pop()
        yield out
      }
    },
  }
}
