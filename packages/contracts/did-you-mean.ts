/**
 * Insertions, deletions, replacements and swaps of neighbors between two words, and two words that differ in case or in
 * their signs are one edit apart.
 */
function distance(a: string, b: string): number {
  if (a === b) return 0
  const plain = (word: string) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  if (plain(a) !== '' && plain(a) === plain(b)) return 1
  const [from, to] = [[...a.toLowerCase()], [...b.toLowerCase()]]
  const rows = [Array.from({ length: to.length + 1 }, (_, n) => n)]
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const above = rows[i - 1]!
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + cost)
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      row.push(least)
    }
    rows.push(row)
  }
  return rows[from.length]![to.length]!
}

const leastBeginning = 3

/** The candidate that a misspelled word most likely means: one edit for each three letters at most, the first of equals. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // A word of a sentence's length is no misspelling, and comparing it takes its time.
  if (word.length > 200) return undefined
  let best: { candidate: string; edits: number } | undefined
  for (const candidate of candidates) {
    const [short = '', long = ''] = [word.toLowerCase(), candidate.toLowerCase()].sort((a, b) => a.length - b.length)
    const most = Math.min(short.length - 1, Math.max(1, Math.floor(long.length / 3)))
    // `returned` is meant for `returned_at`, and `warning` for `warn`.
    const isBeginning = short.length >= leastBeginning && long.startsWith(short)
    const edits = Math.min(distance(word, candidate), isBeginning ? 1.5 : Number.POSITIVE_INFINITY)
    if ((edits <= most || isBeginning) && (!best || edits < best.edits)) best = { candidate, edits }
  }
  return best?.candidate
}

/** `; did you mean "orders"?`, or what is given otherwise: the list of the candidates. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise = ''): string {
  const guess = nearest(word, candidates)
  return guess === undefined ? otherwise : `; did you mean ${guess}?`
}

const mostListed = 30

/** `; did you mean "orders"? there are orders, sellers`: the guess, where there is one, and the list to choose from. */
export function choices(word: string, candidates: Iterable<string>, none = 'there are none'): string {
  const all = [...candidates]
  const more = all.length > mostListed ? `, and ${all.length - mostListed} more` : ''
  const guess = nearest(word, all)
  const list = all.length === 0 ? none : `there are ${all.slice(0, mostListed).join(', ')}${more}`
  return guess === undefined ? `; ${list}` : `; did you mean ${guess}? ${list}`
}
