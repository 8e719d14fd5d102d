import { Dialect, generate, parse } from '@polyglot-sql/sdk'
import { aliasBareSubqueries } from './athena-text.ts'
import { jodaPattern, mysqlPattern } from './date-patterns.ts'
import { QueryFailed } from './query-engine.ts'

/** A table that a statement names: `database.name`, in lower case. */
export interface TableName {
  database: string
  name: string
}

export interface Translation {
  /** For a DuckDB connection that has the macros of `athena-functions.ts` first in its search path. */
  sql: string
  tables: TableName[]
}

/**
 * One query in Athena's dialect as DuckDB's, and the tables it names. Functions keep Athena's names: macros give them
 * Athena's meaning. What needs another shape than a call is rewritten here.
 */
export function athenaToDuckdb(sql: string): Translation {
  const parsed = parse(aliasBareSubqueries(sql), Dialect.Trino)
  if (!parsed.success) throw new QueryFailed('user', firstLine(parsed.error ?? 'it cannot be parsed'))
  const statements: unknown[] = parsed.ast
  const [statement] = statements
  if (statements.length !== 1) throw new QueryFailed('user', `one statement at a time, got ${statements.length}`)
  if (!queries.has(kindOf(statement)))
    throw new QueryFailed('user', `only select and "create table as" are run, got ${kindOf(statement)}`)

  const tables = new Map<string, TableName>()
  const common = new Set<string>()
  collectCommon(statement, common)
  const mended = rewrite(statement, (type, data) => {
    if (type === 'table') return tableReference(data, { tables, common })
    return mends[type]?.(data)
  })
  const generated = generate([mended], Dialect.DuckDB)
  const text = generated.sql?.[0]
  if (!generated.success || text === undefined)
    throw new QueryFailed('user', firstLine(generated.error ?? 'it cannot be translated'))
  return { sql: text, tables: [...tables.values()] }
}

type Node = Record<string, unknown>
type Data = Record<string, unknown>

const queries = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery', 'with'])
const kindOf = (node: unknown) => (isObject(node) ? (Object.keys(node)[0] ?? 'nothing') : 'nothing')
const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const firstLine = (text: string) => text.split('\n')[0] ?? ''

/** Rebuilds a syntax tree from the leaves up; `mend` gives another node for `{type: data}`, or nothing to leave it. */
function rewrite(value: unknown, mend: (type: string, data: Data) => Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, mend))
  if (!isObject(value)) return value
  const copy: Data = {}
  for (const [key, part] of Object.entries(value)) copy[key] = rewrite(part, mend)
  const keys = Object.keys(copy)
  const data = copy[keys[0] ?? '']
  return keys.length === 1 && isObject(data) ? (mend(keys[0] ?? '', data) ?? copy) : copy
}

function collectCommon(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectCommon(item, names)
  else if (isObject(value)) {
    if (Array.isArray(value.ctes))
      for (const each of value.ctes) if (isObject(each)) names.add(nameOf(each.alias).toLowerCase())
    for (const part of Object.values(value)) collectCommon(part, names)
  }
}

const nameOf = (identifier: unknown) =>
  isObject(identifier) && typeof identifier.name === 'string' ? identifier.name : ''

/** `"AwsDataCatalog"."db"."t"` loses its catalog; DuckDB's own information_schema is kept out of sight. */
function tableReference(data: Data, seen: { tables: Map<string, TableName>; common: Set<string> }): Node | undefined {
  const name = nameOf(data.name).toLowerCase()
  const database = nameOf(data.schema).toLowerCase()
  if (database === '') {
    if (seen.common.has(name)) return undefined
    throw new QueryFailed('user', `no table ${name}; write database.table`)
  }
  seen.tables.set(`${database}.${name}`, { database, name })
  const schema = database === 'information_schema' ? { name: '_information_schema', quoted: true } : data.schema
  return { table: { ...data, schema, catalog: null } }
}

const call = (name: string, ...args: unknown[]): Node => ({ function: { name, args, distinct: false } })
const aggregate = (name: string, args: unknown[], data: Data): Node => ({
  aggregate_function: {
    distinct: false,
    filter: null,
    order_by: [],
    limit: null,
    ignore_nulls: null,
    ...data,
    name,
    args,
  },
})
const isInterval = (node: unknown) => kindOf(node) === 'interval'
const argsOf = (data: Data): unknown[] => (Array.isArray(data.args) ? data.args : [])

function literalText(node: unknown): string | undefined {
  const literal = isObject(node) && isObject(node.literal) ? node.literal : undefined
  return literal?.literal_type === 'string' && typeof literal.value === 'string' ? literal.value : undefined
}

function pattern(name: string, node: unknown, translate: (pattern: string) => string): Node {
  const text = literalText(node)
  if (text === undefined) throw new QueryFailed('user', `${name} takes a literal pattern here`)
  return { literal: { literal_type: 'string', value: translate(text) } }
}

const zones = (): never => {
  throw new QueryFailed('user', 'times in other zones than UTC are not translated to DuckDB; add an interval instead')
}

/** Result is NULL where any argument is, as in Athena. */
const nullAware =
  (name: string) =>
  (args: unknown[]): Node => ({
    case: {
      operand: null,
      whens: args.map((arg) => [{ is_null: { this: arg, not: false } }, { null: null }]),
      else_: call(name, ...args),
    },
  })

const functions: Record<string, (args: unknown[]) => Node | undefined> = {
  concat: (args) =>
    args.length < 2 ? undefined : (args.reduce((left, right) => ({ concat: { left, right } })) as Node),
  greatest: nullAware('greatest'),
  least: nullAware('least'),
  date_format: ([time, text]) => call('strftime', time, pattern('date_format', text, mysqlPattern)),
  date_parse: ([value, text]) => call('strptime', value, pattern('date_parse', text, mysqlPattern)),
  format_datetime: ([time, text]) => call('strftime', time, pattern('format_datetime', text, jodaPattern)),
  parse_datetime: ([value, text]) => ({
    cast: {
      ...castTo,
      this: call('strptime', value, pattern('parse_datetime', text, jodaPattern)),
      to: { data_type: 'timestamp', timezone: true },
    },
  }),
  format: ([text, ...args]) => call('printf', text, ...formatArguments(text, args)),
  map_agg: ([key, value]) => call('map', call('list', key), call('list', value)),
  filter: (args) => call('list_filter', ...args),
  transform: (args) => call('list_transform', ...args),
  at_timezone: zones,
  with_timezone: zones,
}

/** DuckDB's printf wants arguments of the type that each specifier names. */
function formatArguments(text: unknown, args: unknown[]): unknown[] {
  const specifiers = [...(literalText(text) ?? '').matchAll(/%[^a-zA-Z%]*([a-zA-Z])/g)].map((match) => match[1] ?? '')
  return args.map((arg, i) => {
    const to = { s: { data_type: 'text' }, d: { data_type: 'big_int' }, f: { data_type: 'double' } }[
      specifiers[i] ?? ''
    ]
    return to ? { cast: { ...castTo, this: arg, to } } : arg
  })
}

const castTo = { trailing_comments: [], double_colon_syntax: false, format: null, default: null }

const wholeTypes = new Set(['int', 'big_int', 'small_int', 'tiny_int'])

const mendCast =
  (type: 'cast' | 'try_cast') =>
  (data: Data): Node | undefined => {
    const to = isObject(data.to) && typeof data.to.data_type === 'string' ? data.to.data_type : ''
    if (kindOf(data.this) === 'null') return undefined
    if (to === 'decimal' && isObject(data.to) && typeof data.to.precision !== 'number') return plainDecimal(data, type)
    if (wholeTypes.has(to)) return { [type]: { ...data, this: call('_whole', data.this) } }
    if (to === 'var_char') return { [type]: { ...data, this: call('_text', data.this) } }
    return undefined
  }

/** `decimal '1.50'` has the digits that are written, `cast(x as decimal)` has 38 and none after the point. */
function plainDecimal(data: Data, type: 'cast' | 'try_cast'): Node {
  const text = literalText(data.this)
  if (text !== undefined && /^\d*\.?\d+$/.test(text)) return { literal: { literal_type: 'number', value: text } }
  return { [type]: { ...data, to: { data_type: 'decimal', precision: 38, scale: 0 } } }
}

const mends: Record<string, (data: Data) => Node | undefined> = {
  div: ({ left, right }) => call('_divide', left, right),
  add: ({ left, right }) =>
    isInterval(right) ? call('_plus', left, right) : isInterval(left) ? call('_plus', right, left) : undefined,
  sub: ({ left, right }) => (isInterval(right) ? call('_plus', left, { neg: { this: right } }) : undefined),
  cast: mendCast('cast'),
  try_cast: mendCast('try_cast'),
  extract: ({ this: time, field }) => {
    const name = typeof field === 'string' ? field : isObject(field) ? String(Object.values(field)[0]) : ''
    return call(extracts[name.toLowerCase().replaceAll('_', '')] ?? name.toLowerCase(), time)
  },
  if_func: ({ condition, true_value, false_value }) => ({
    case: { operand: null, whens: [[condition, true_value]], else_: false_value ?? null },
  }),
  at_time_zone: zones,
  // The median of integers is a double, of decimals a decimal: it stands for the type and is never computed.
  avg: (data) => call('_like', { avg: data }, aggregate('median', [data.this], { filter: data.filter })),
  window_function: (data) => overEach(data),
  approx_distinct: ({ this: value, ...data }) => aggregate('approx_count_distinct', [value], data),
  aggregate_function: (data) => {
    const args = argsOf(data)
    switch (String(data.name).toLowerCase()) {
      case 'approx_percentile':
        return percentile(args, data)
      case 'max_by':
        return aggregate(args.length === 2 ? 'arg_max_null' : 'arg_max', args, data)
      case 'min_by':
        return aggregate(args.length === 2 ? 'arg_min_null' : 'arg_min', args, data)
      case 'arbitrary':
        return aggregate('any_value', args, data)
      default:
        return undefined
    }
  },
  within_group: ({ this: inner, order_by }) => {
    const list = isObject(inner) && isObject(inner.list_agg) ? inner.list_agg : undefined
    if (!list) return undefined
    const separator = list.separator ?? { literal: { literal_type: 'string', value: '' } }
    return aggregate('string_agg', [list.this, separator], { distinct: list.distinct === true, order_by })
  },
  function: (data) => functions[String(data.name).toLowerCase()]?.(argsOf(data)),
}

const extracts: Record<string, string> = {
  dayofweek: 'day_of_week',
  dow: 'day_of_week',
  dayofyear: 'day_of_year',
  doy: 'day_of_year',
  dayofmonth: 'day',
  yearofweek: 'year_of_week',
  yow: 'year_of_week',
}

/** `_like(avg(x), sample) over w`: both parts take the window. */
function overEach(data: Data): Node | undefined {
  const inner = isObject(data.this) && isObject(data.this.function) ? data.this.function : undefined
  if (inner?.name !== '_like') return undefined
  return call('_like', ...argsOf(inner).map((part) => ({ window_function: { ...data, this: part } })))
}

function percentile([value, ...rest]: unknown[], data: Data): Node {
  const found = aggregate(
    'approx_quantile',
    [{ cast: { ...castTo, this: value, to: { data_type: 'double' } } }, ...rest],
    data,
  )
  return kindOf(rest[0]) === 'array_func'
    ? found
    : call('_like', found, aggregate('any_value', [value], { filter: data.filter }))
}
