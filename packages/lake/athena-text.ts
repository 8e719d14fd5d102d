import { Dialect, tokenize } from './polyglot.ts'

/**
 * Names each subquery that stands in `from` without a name right before `union`, `except` or `intersect`: without one
 * the parser at hand takes what follows into the subquery.
 */
export function nameBareSubqueries(sql: string): string {
  if (!/\b(union|except|intersect)\b/i.test(sql)) return sql
  const tokens = tokenize(sql, Dialect.Trino).tokens ?? []
  // Spans count characters, not UTF-16 units.
  const characters = Array.from(sql)
  const texts = tokens.map(({ span }) => characters.slice(span.start, span.end).join('').toLowerCase())
  const open: boolean[] = []
  const cuts: number[] = []
  for (const [i, text] of texts.entries()) {
    if (text === '(') open.push(['from', 'join'].includes(texts[i - 1] ?? ''))
    if (text === ')' && open.pop() && ['union', 'except', 'intersect'].includes(texts[i + 1] ?? ''))
      cuts.push(tokens[i]?.span.end ?? 0)
  }
  const pieces = cuts.map((cut, n) => `${characters.slice(cuts[n - 1] ?? 0, cut).join('')} as "_subquery${n}"`)
  return pieces.join('') + characters.slice(cuts.at(-1) ?? 0).join('')
}
