import { functionsOfAthena, otherFunctions } from './athena-function-names.ts'
import { Dialect, parse, tokenize } from './polyglot.ts'
import { QueryFailed } from './query-engine.ts'
import { isObject, kindOf, listOf, nameOf } from './syntax-tree.ts'

/**
 * Refuses what the parser at hand reads and Athena's does not: DuckDB's and other engines' operators, words, literals and
 * functions. Messages name the place, `line 2:14`, and Athena's form.
 */

interface Token {
  type: string
  /** As written, quotes taken away. */
  text: string
  /** Lower case; empty for what is quoted. */
  word: string
  start: number
  end: number
}

/** Before the text is parsed: words, operators and literals. */
export function checkWords(sql: string): void {
  const { tokens, refuse } = tokensOf(sql)
  const characters = Array.from(sql)
  for (const [i, token] of tokens.entries()) {
    const before = tokens[i - 1]
    const next = tokens[i + 1]
    const literal = literals[token.type]
    if (literal !== undefined) refuse(token, literal)
    const isSign = token.word !== '' && !/[\p{L}\p{N}_]/u.test(token.text)
    if (isSign && !signs.has(token.text)) refuse(token, otherSigns[token.text] ?? `Athena knows no ${token.text}`)
    if (token.type === 'SLASH' && next?.type === 'SLASH' && next.start === token.end)
      refuse(token, otherSigns['//'] ?? '')
    if (token.type === 'QUOTED_IDENTIFIER' && characters[token.start] === '`')
      refuse(token, `Athena quotes names as "${token.text}", got backquotes`)
    if (token.type === 'STRING' && before?.word === 'as')
      refuse(token, `Athena quotes names as "${token.text}", got '${token.text}'`)
    if (token.type === 'NUMBER' && next && next.start === token.end && /^[A-Za-z_]/.test(next.word))
      refuse(token, `a number cannot be followed by letters, got ${token.text}${next.text}`)
    if (token.type === 'NUMBER' && isTooLarge(token.text))
      refuse(token, `a number has at most 38 digits, a whole one is at most ${largest}, got ${token.text}`)
    if (token.type === 'COMMA' && (!next || endsList.has(next.text.toLowerCase())))
      refuse(token, 'Athena takes no comma after the last of a list')
    if (token.type === 'L_BRACKET' && !isSubscripted(before))
      refuse(token, 'Athena writes an array as array[1, 2], got [')
    if (token.type === 'L_BRACKET' && next?.type === 'R_BRACKET' && before?.word !== 'array')
      refuse(token, 'Athena calls this type array(type)')
    if (/^[#@]./.test(token.word)) refuse(token, `Athena knows no ${token.text}`)
    const clause = clauses[token.word]?.({ before, next, third: tokens[i + 2], tokens, i })
    if (clause !== undefined) refuse(token, clause)
  }
}

/** What the parsed statement calls, and what it takes rows from. */
export function checkCalls(sql: string, statement: unknown): void {
  const { tokens, refuse } = tokensOf(sql)
  for (const { token, name, isMethod } of callsIn(tokens, statement)) {
    if (isMethod) refuse(token, `Athena calls functions as ${name}(x), got .${name}(…)`)
    if (functionsOfAthena.has(name)) continue
    const instead = otherFunctions[name]
    const hint = instead === undefined ? '' : instead.startsWith('(') ? ` ${instead}` : `; write ${instead}`
    refuse(token, `${name}(…) is not among Athena's functions that run here${hint}`)
  }
  checkTree(statement)
  const selects = tokens.filter(({ word }) => word === 'select').length
  if (count(statement, 'select') > selects)
    throw new QueryFailed('user', 'a query begins with select; write select * from …')
}

/** Names of the functions that a statement calls, in lower case, as the allow-list has them. */
export function functionsCalled(sql: string): Set<string> {
  const { ast } = parse(sql, Dialect.Trino)
  return new Set(callsIn(tokensOf(sql).tokens, ast).map(({ name }) => name))
}

function tokensOf(sql: string): { tokens: Token[]; refuse: (token: Token, reason: string) => never } {
  const found: unknown[] = tokenize(sql, Dialect.Trino).tokens ?? []
  const tokens = (found as { token_type: string; text: string; span: { start: number; end: number } }[]).map(
    ({ token_type: type, text, span: { start, end } }): Token => {
      return { type, text, word: /STRING|QUOTED/.test(type) ? '' : text.toLowerCase(), start, end }
    },
  )
  return {
    tokens,
    refuse: ({ start }, reason) => {
      // Spans count characters, not UTF-16 units.
      const lines = Array.from(sql).slice(0, start).join('').split('\n')
      const column = Array.from(lines.at(-1) ?? '').length + 1
      throw new QueryFailed('user', `line ${lines.length}:${column}: ${reason}`)
    },
  }
}

/** Words before `(` that name no function: clauses, operators, types. */
const noCalls = new Set(
  `all and any array as between bernoulli by char cube decimal distinct else except exists fetch from group having in
  intersect interval is join lateral like limit map not offset on or order over partition rollup row select sets some
  system then time timestamp union using values varbinary varchar when where with within`.split(/\s+/),
)

function callsIn(tokens: readonly Token[], statement: unknown): { token: Token; name: string; isMethod: boolean }[] {
  const withColumns = namesWithColumns(statement)
  return tokens.flatMap((token, i) => {
    if (tokens[i + 1]?.type !== 'L_PAREN' || !/^(?!STRING|NUMBER)[A-Z_]{2,}$/.test(token.type)) return []
    if (!/^[\p{L}_]/u.test(token.text)) return []
    const name = token.text.toLowerCase()
    if (token.word !== '' && noCalls.has(name) && name !== 'map') return []
    if (withColumns.has(name)) return []
    // `filter (where …)` of an aggregate.
    if (name === 'filter' && tokens[i + 2]?.word === 'where') return []
    return [{ token, name, isMethod: tokens[i - 1]?.type === 'DOT' }]
  })
}

/** What stands before a list of columns in parentheses: `t(a, b)` as a common table or an alias. */
function namesWithColumns(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) namesWithColumns(item, found)
  else if (isObject(value)) {
    if (listOf(value.column_aliases ?? value.columns).length > 0) found.add(nameOf(value.alias).toLowerCase())
    for (const part of Object.values(value)) namesWithColumns(part, found)
  }
  found.delete('')
  return found
}

const largest = 2n ** 63n - 1n
const isTooLarge = (number: string): boolean =>
  /^\d+$/.test(number) ? BigInt(number) > largest : /^[\d.]+$/.test(number) && number.replace(/^0+|\./g, '').length > 38

const endsList = new Set([')', ']', ';', 'from', 'where', 'group', 'having', 'order', 'limit', 'offset', 'union'])

/** `[` is a subscript after a value, and an array after the word. */
const isSubscripted = (before: Token | undefined) =>
  before !== undefined && (/VAR|IDENTIFIER|R_PAREN|R_BRACKET/.test(before.type) || before.word === 'array')

const signs = new Set('( ) [ ] , . + - * / % = <> != < > <= >= || -> ;'.split(' '))

const otherSigns: Record<string, string> = {
  '::': 'Athena writes cast(x as type), got ::',
  '**': 'Athena writes power(a, b), got **',
  '//': 'Athena divides integers by /, got //',
  '==': 'Athena compares by =, got ==',
  '~': 'Athena writes regexp_like(x, pattern), got ~',
  '!~': 'Athena writes not regexp_like(x, pattern), got !~',
  ':': 'Athena knows no : ; slice(x, start, length) takes a part of an array, x -> … is a lambda',
  '{': "Athena writes map(array['key'], array[value]), got {",
  '&': 'Athena writes bitwise_and(a, b), got &',
  '|': 'Athena writes bitwise_or(a, b), got |',
  '^': 'Athena writes power(a, b) or bitwise_xor(a, b), got ^',
  '->>': 'Athena writes json_extract_scalar(x, path), got ->>',
  '!': 'Athena writes not x, got !',
}

const literals: Record<string, string> = {
  PARAMETER: 'a statement takes no parameters here',
  ESCAPE_STRING: "Athena knows no e'…'; write the character itself, or chr(10)",
  DOLLAR_STRING: "Athena writes text as '…', got $$",
  RAW_STRING: "Athena writes text as '…'",
  NATIONAL_STRING: "Athena writes text as '…'",
  HEX_STRING: "bytes are written as from_hex('6162') here",
  UNICODE_STRING: 'the characters themselves are written here',
  BIT_STRING: "Athena writes from_base('101', 2)",
}

interface Around {
  before: Token | undefined
  next: Token | undefined
  third: Token | undefined
  tokens: readonly Token[]
  i: number
}

const sampled = 'Athena samples by from t tablesample bernoulli (10)'
const regexps = 'Athena writes regexp_like(x, pattern)'
const joins = 'Athena joins by [inner|left|right|full] join … on …, cross join'
const beforeOperand = new Set('as . , select ( lateral where and or on by having when then else case'.split(' '))
const asOperator =
  (reason: string) =>
  ({ before, next }: Around): string | undefined =>
    before &&
    !beforeOperand.has(before.word) &&
    next &&
    (/STRING/.test(next.type) || /^[\p{L}\p{N}_("]/u.test(next.text))
      ? reason
      : undefined
const beforeWord = (word: string, reason: string) => (around: Around) =>
  around.next?.word === word ? reason : undefined

const intervalUnits = new Set(['year', 'month', 'day', 'hour', 'minute', 'second'])

const clauses: Record<string, (around: Around) => string | undefined> = {
  ilike: asOperator('Athena writes lower(x) like lower(pattern), got ilike'),
  glob: asOperator('Athena writes x like pattern, got glob'),
  rlike: asOperator(`${regexps}, got rlike`),
  regexp: asOperator(`${regexps}, got regexp`),
  similar: beforeWord('to', `${regexps}, got similar to`),
  div: asOperator('Athena divides integers by /, got div'),
  isnull: asOperator('Athena writes x is null'),
  notnull: asOperator('Athena writes x is not null'),
  not: ({ before, next }) =>
    next?.word === 'null' && before?.word !== 'is' ? 'Athena writes x is not null' : undefined,
  by: beforeWord('name', 'Athena unites columns by their position'),
  top: ({ before, next }) =>
    before?.word === 'select' && next?.type === 'NUMBER' ? 'Athena writes limit 10 at the end' : undefined,
  between: ({ next }) =>
    ['symmetric', 'asymmetric'].includes(next?.word ?? '') ? 'Athena knows no between symmetric' : undefined,
  collate: asOperator('Athena knows no collations; it compares text by code points'),
  for: ({ next }) => (['update', 'share'].includes(next?.word ?? '') ? 'Athena locks no rows' : undefined),
  extract: ({ next, third }) =>
    next?.type === 'L_PAREN' && third && !extractFields.has(third.word)
      ? `Athena extracts ${[...extractFields].join(', ')}; got ${third.text}`
      : undefined,
  unnest: ({ before }) =>
    ['from', 'join', 'lateral'].includes(before?.word ?? '') || before?.type === 'COMMA' || before?.type === 'L_PAREN'
      ? undefined
      : 'Athena writes from t cross join unnest(t.array) as u(x)',
  is: ({ next, third }) =>
    ['true', 'false', 'unknown'].includes((next?.word === 'not' ? third : next)?.word ?? '')
      ? 'Athena knows no is true; write x, or coalesce(x, false)'
      : undefined,
  like: ({ next }) =>
    ['any', 'all', 'some'].includes(next?.word ?? '') ? 'Athena writes x like a or x like b' : undefined,
  qualify: asOperator('Athena knows no qualify; filter a subquery that has the window function as a column'),
  pivot: asOperator("Athena writes sum(x) filter (where y = 'a') per column, got pivot"),
  unpivot: asOperator('Athena writes cross join unnest(array[…]), got unpivot'),
  sample: ({ before }) => (before?.word === 'using' ? sampled : undefined),
  positional: beforeWord('join', joins),
  asof: ({ next }) => (['join', 'left', 'inner'].includes(next?.word ?? '') ? joins : undefined),
  natural: beforeWord('join', 'Athena knows no natural join; write join … using (column)'),
  semi: beforeWord('join', 'Athena writes where exists (…), got semi join'),
  anti: beforeWord('join', 'Athena writes where not exists (…), got anti join'),
  distinct: ({ next, tokens, i }) => {
    if (next?.word === 'on')
      return 'Athena knows no distinct on; filter row_number() over (partition by … order by …) = 1'
    return tokens[i - 2]?.word === 'count' && isListed(tokens, i)
      ? 'Athena counts distinct rows as count(distinct (a, b))'
      : undefined
  },
  all: ({ before, next, tokens, i }) =>
    before?.word === 'by' && (tokens[i - 2]?.word === 'order' || !next || endsList.has(next.text.toLowerCase()))
      ? 'Athena wants the columns, got by all'
      : undefined,
  materialized: ({ before }) =>
    ['as', 'not'].includes(before?.word ?? '') ? 'Athena writes with t as (…)' : undefined,
  limit: ({ next, third, tokens, i }) => {
    if (next?.type !== 'NUMBER' && next?.word !== 'all') return 'Athena limits by a number'
    if (third?.type === 'COMMA' || third?.type === 'PERCENT') return 'Athena writes offset 20 limit 10'
    let depth = 0
    for (const token of tokens.slice(i)) {
      depth += token.type === 'L_PAREN' ? 1 : token.type === 'R_PAREN' ? -1 : 0
      if (depth < 0) break
      if (depth === 0 && token.word === 'offset') return 'Athena wants offset before limit; write offset 20 limit 10'
    }
    return undefined
  },
  interval: ({ before, next, third }) => {
    if (before?.word === 'as' || !next || !['STRING', 'NUMBER'].includes(next.type)) return undefined
    return next.type === 'STRING' && /^[-+]?\d+$/.test(next.text.trim()) && intervalUnits.has(third?.word ?? '')
      ? undefined
      : `Athena writes an interval as interval '1' day, its unit one of ${[...intervalUnits].join(', ')}`
  },
  as: ({ next, tokens, i }) => {
    if (!next) return undefined
    const other = isCast(tokens, i) ? otherTypes[next.word] : undefined
    if (other !== undefined) return `Athena calls this type ${other}, got ${next.text}`
    return !isCast(tokens, i) && reserved.has(next.word) && tokens[i + 2]?.type !== 'L_PAREN'
      ? `${next.text} is a reserved word in Athena; write "${next.text}"`
      : undefined
  },
}

const extractFields = new Set(
  `year quarter month week day day_of_month day_of_week dow day_of_year doy year_of_week yow hour minute second`.split(
    ' ',
  ),
)

/** Whether a comma follows before the parenthesis ends that stands around `i`. */
function isListed(tokens: readonly Token[], i: number): boolean {
  let depth = 0
  for (const token of tokens.slice(i)) {
    depth += token.type === 'L_PAREN' ? 1 : token.type === 'R_PAREN' ? -1 : 0
    if (depth < 0) return false
    if (depth === 0 && token.type === 'COMMA') return true
  }
  return false
}

/** Whether `as` at `i` stands directly in `cast(… as …)`. */
function isCast(tokens: readonly Token[], i: number): boolean {
  let depth = 0
  for (let at = i - 1; at >= 0; at -= 1) {
    const token = tokens[at] as Token
    depth += token.type === 'R_PAREN' ? 1 : token.type === 'L_PAREN' ? -1 : 0
    if (depth < 0) return ['cast', 'try_cast'].includes(tokens[at - 1]?.word ?? '')
  }
  return false
}

const otherTypes: Record<string, string> = {
  ...Object.fromEntries(['text', 'string', 'bpchar', 'nvarchar'].map((name) => [name, 'varchar'])),
  ...Object.fromEntries(['int8', 'long', 'hugeint', 'uint64', 'ubigint'].map((name) => [name, 'bigint'])),
  ...Object.fromEntries(['int4', 'signed', 'uinteger', 'uint32', 'int32'].map((name) => [name, 'integer'])),
  ...Object.fromEntries(['int2', 'short', 'usmallint'].map((name) => [name, 'smallint'])),
  ...Object.fromEntries(['float', 'float4'].map((name) => [name, 'real or double'])),
  ...Object.fromEntries(['float8', 'number'].map((name) => [name, 'double'])),
  numeric: 'decimal(p, s)',
  dec: 'decimal(p, s)',
  bool: 'boolean',
  logical: 'boolean',
  datetime: 'timestamp',
  timestamptz: 'timestamp with time zone',
  blob: 'varbinary',
  bytea: 'varbinary',
  binary: 'varbinary',
  list: 'array(type)',
  struct: 'row(name type, …)',
}

const reserved = new Set(
  `alter and between by case cast constraint create cross cube current_date current_time current_timestamp delete describe
  distinct drop else end escape except exists extract false for from full group grouping having in inner insert
  intersect into is join left like listagg localtime localtimestamp natural normalize not null on or order outer
  prepare recursive right rollup skip table then trim true uescape union unnest using when where
  `
    .trim()
    .split(/\s+/),
)

/** Sources of rows: what may stand in `from`, wherever that is. */
const sources = new Set([
  'table',
  'subquery',
  'unnest',
  'values',
  'alias',
  'joined_table',
  'paren',
  'lateral',
  'table_sample',
])
const joinKinds = /^(Cross|Inner|Left|Right|Full|Outer|Implicit)$/

/** @param isArgument whether the node stands in a list of arguments */
function checkTree(value: unknown, isArgument = false): void {
  if (Array.isArray(value)) for (const item of value) checkTree(item, isArgument)
  if (!isObject(value)) return
  for (const [kind, data] of Object.entries(value)) {
    if (isObject(data)) checkNode(kind, data, isArgument)
    checkTree(data, kind === 'args')
  }
}

function checkNode(kind: string, data: Record<string, unknown>, isArgument: boolean): void {
  const refuse = (reason: string): never => {
    throw new QueryFailed('user', reason)
  }
  const from = isObject(data.from) ? listOf(data.from.expressions) : []
  const joined = listOf(data.joins).filter(isObject)
  for (const join of joined)
    if (typeof join.kind === 'string' && !joinKinds.test(join.kind)) refuse(`${joins}, got ${join.kind}`)
  for (const source of [...from, ...joined.map((join) => join.this)]) checkSource(source)
  if (kind === 'joined_table') checkSource(data.left)
  if ((kind === 'lambda' && !isArgument) || data.arrow_syntax === true)
    refuse("Athena writes json_extract(x, '$.path'), got ->")
  if (kind === 'star' && ['except', 'replace', 'rename'].some((part) => listOf(data[part]).length > 0))
    refuse('Athena takes * alone; list the columns in place of exclude, except, replace or rename')
  if (
    kind === 'select' &&
    isObject(data.group_by) &&
    data.group_by.all === true &&
    listOf(data.group_by.expressions).length === 0
  )
    refuse('Athena wants the columns, got group by all')
}

function checkSource(source: unknown): void {
  const kind = kindOf(source)
  const data = isObject(source) ? source[kind] : undefined
  if (!sources.has(kind)) {
    const name = isObject(data) && typeof data.name === 'string' ? data.name : kind
    throw new QueryFailed('user', `from takes tables, subqueries and unnest, got ${name}(…)`)
  }
  if (isObject(data) && ['alias', 'paren', 'lateral', 'table_sample'].includes(kind)) checkSource(data.this)
}

function count(value: unknown, kind: string): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + count(item, kind), 0)
  if (!isObject(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, part]) => sum + count(part, kind) + (key === kind && isObject(part) ? 1 : 0),
    0,
  )
}
