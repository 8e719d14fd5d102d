/**
 * A shortest name that both patterns take; undefined when there is none. `*` stands for any characters, and capitals do
 * not matter. The whole languages are intersected, so no example has to be guessed.
 */
export function commonName(a: string, b: string): string | undefined {
  const [one, other] = [[...a.toLowerCase()], [...b.toLowerCase()]]
  const known = new Map<number, string | null>()
  const meet = (i: number, j: number): string | null => {
    const at = i * (other.length + 1) + j
    const found = known.get(at)
    if (found !== undefined) return found
    // A star may be empty, or take what the other pattern has next.
    const ways: (string | null)[] = []
    const [x, y] = [one[i], other[j]]
    if (x === undefined && y === undefined) ways.push('')
    if (x === '*') ways.push(meet(i + 1, j))
    if (y === '*') ways.push(meet(i, j + 1))
    if (x === '*' && y !== undefined && y !== '*') ways.push(after(y, meet(i, j + 1)))
    if (y === '*' && x !== undefined && x !== '*') ways.push(after(x, meet(i + 1, j)))
    if (x !== undefined && x !== '*' && x === y) ways.push(after(x, meet(i + 1, j + 1)))
    const names = ways.filter((way) => way !== null)
    const shortest = names.reduce<string | null>(
      (best, way) => (best === null || way.length < best.length ? way : best),
      null,
    )
    known.set(at, shortest)
    return shortest
  }
  return meet(0, 0) ?? undefined
}

const after = (character: string, rest: string | null) => (rest === null ? null : character + rest)
