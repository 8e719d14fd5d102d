import { Dialect, tokenize } from '@polyglot-sql/sdk'

/**
 * Names each subquery that stands in `from` without a name right before `union`, `except` or `intersect`: without one
 * the parser at hand takes what follows into the subquery.
 */
export function aliasBareSubqueries(sql: string): string {
  if (!/\b(union|except|intersect)\b/i.test(sql)) return sql
  const tokens = tokenize(sql, Dialect.Trino).tokens ?? []
  const bytes = Buffer.from(sql)
  const open: boolean[] = []
  const cuts: number[] = []
  for (const [i, token] of tokens.entries()) {
    if (token.text === '(') open.push(/^(from|join)$/i.test(tokens[i - 1]?.text ?? ''))
    if (token.text !== ')') continue
    if (open.pop() && /^(union|except|intersect)$/i.test(tokens[i + 1]?.text ?? '')) cuts.push(token.span.end)
  }
  let result = ''
  let done = 0
  for (const [n, cut] of cuts.entries()) {
    result += `${bytes.subarray(done, cut).toString()} as "_subquery${n}"`
    done = cut
  }
  return result + bytes.subarray(done).toString()
}
