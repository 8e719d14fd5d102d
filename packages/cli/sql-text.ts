import { Dialect, parse, tokenize } from '@droplake/lake/polyglot'
import { UsageError } from '@droplake/local/usage-error'

/** First words of statements that read. */
const reading = ['select', 'with', 'show', 'describe', 'desc', 'explain', 'values']

interface Token {
  text: string
  start: number
  end: number
}

/** Tokens by code points of the text; comments are none. */
function tokensOf(sql: string): Token[] {
  const { tokens, error } = tokenize(sql, Dialect.Athena)
  if (!tokens) throw new UsageError(`query: not SQL: ${error ?? 'unreadable'}`)
  const points = [...sql]
  return tokens.map(({ span }) => ({
    text: points.slice(span.start, span.end).join(''),
    start: span.start,
    end: span.end,
  }))
}

/** The statement without a semicolon at its end. Throws `UsageError` unless it is one statement that only reads. */
export function oneReadingStatement(sql: string): string {
  const tokens = tokensOf(sql)
  while (tokens.at(-1)?.text === ';') tokens.pop()
  const first = tokens.find(({ text }) => text !== '(')?.text.toLowerCase()
  if (first === undefined) throw new UsageError('query: no SQL given; write droplake query "select …"')
  if (tokens.some(({ text }) => text === ';'))
    throw new UsageError('query: one statement at a time, got several; leave out the semicolons')
  const refuse = (what: string): never => {
    throw new UsageError(`query: only reads, got ${what}; it takes select, with, show and describe`)
  }
  if (!reading.includes(first)) refuse(first.slice(0, 40))
  const text = [...sql].slice(0, tokens.at(-1)!.end).join('')
  if (first === 'select' || first === 'with' || first === 'values') {
    // `with x as (…) delete …` begins like a select.
    const parsed = parse(text, Dialect.Athena)
    const kind = parsed.success ? (Object.keys(parsed.ast[0] ?? {})[0] ?? '') : ''
    if (/insert|update|delete|merge|create|drop|alter|copy/.test(kind)) refuse(kind)
  }
  if (first === 'explain') {
    const writes = tokens.find(({ text: word }) =>
      /^(insert|update|delete|merge|create|drop|alter|copy|call)$/i.test(word),
    )
    if (writes) refuse(`explain ${writes.text.toLowerCase()}`)
  }
  return text
}

/** Puts databases in for `cleaned.orders`, `curated.fact_orders`; `resolve` tells which names mean a table of the dataset. */
export function resolveNames(sql: string, resolve: (zone: string, name: string) => string | undefined): string {
  const tokens = tokensOf(sql)
  const points = [...sql]
  let text = ''
  let at = 0
  for (let n = 0; n + 2 < tokens.length; n++) {
    const [zone, dot, name] = [tokens[n]!, tokens[n + 1]!, tokens[n + 2]!]
    if (dot.text !== '.' || tokens[n - 1]?.text === '.') continue
    const full = resolve(unquoted(zone.text), unquoted(name.text))
    if (full === undefined) continue
    text += points.slice(at, zone.start).join('') + full
    at = name.end
  }
  return text + points.slice(at).join('')
}

/**
 * Puts other names in for databases that are written before a dot, and with `alone` also for those that stand alone, as in
 * `show tables in olist_curated`.
 */
export function resolveDatabases(
  sql: string,
  { resolve, alone }: { resolve: (database: string) => string | undefined; alone: boolean },
): string {
  const tokens = tokensOf(sql)
  const points = [...sql]
  let text = ''
  let at = 0
  for (const [n, token] of tokens.entries()) {
    if (tokens[n - 1]?.text === '.' || !(alone || tokens[n + 1]?.text === '.')) continue
    const full = resolve(unquoted(token.text).toLowerCase())
    if (full === undefined) continue
    text += points.slice(at, token.start).join('') + full
    at = token.end
  }
  return text + points.slice(at).join('')
}

/** In small letters; '' of a text without words. */
export const firstWordOf = (sql: string): string =>
  tokensOf(sql)
    .find(({ text }) => text !== '(')
    ?.text.toLowerCase() ?? ''

const unquoted = (word: string) => (word.startsWith('"') ? word.slice(1, -1) : word.toLowerCase())
