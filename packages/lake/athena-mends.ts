import { jodaPattern, mysqlPattern } from './date-patterns.ts'
import { QueryFailed } from './query-engine.ts'
import {
  aggregate,
  call,
  cast,
  type Data,
  isObject,
  kindOf,
  listOf,
  literalText,
  type Node,
  text,
} from './syntax-tree.ts'

/**
 * What needs another shape in DuckDB than in Athena, by the type of its node. Children are mended already. Other
 * functions keep their names and get Athena's meaning from `athena-functions.ts`.
 */
export const mends: Record<string, (data: Data) => Node | undefined> = {
  div: ({ left, right }) => call('_divide', left, right),
  add: ({ left, right }) =>
    isInterval(right) ? call('_plus', left, right) : isInterval(left) ? call('_plus', right, left) : undefined,
  sub: ({ left, right }) => (isInterval(right) ? call('_plus', left, { neg: { this: right } }) : undefined),
  cast: mendCast('cast'),
  try_cast: mendCast('try_cast'),
  extract: ({ this: time, field }) => {
    const name = (
      typeof field === 'string' ? field : isObject(field) ? String(Object.values(field)[0]) : ''
    ).toLowerCase()
    return call(extracts[name.replaceAll('_', '')] ?? name, time)
  },
  if_func: ({ condition, true_value, false_value }) => ({
    case: { operand: null, whens: [[condition, true_value]], else_: false_value ?? null },
  }),
  at_time_zone: otherZone,
  // The median of integers is a double, of decimals a decimal: it stands for the type and is never computed.
  avg: (data) => call('_like', { avg: data }, aggregate('median', [data.this], { filter: data.filter })),
  window_function: overEach,
  approx_distinct: ({ this: value, ...data }) => aggregate('approx_count_distinct', [value], data),
  aggregate_function: (data) => aggregates[String(data.name).toLowerCase()]?.(listOf(data.args), data),
  within_group: ({ this: inner, order_by }) => {
    const list = isObject(inner) && isObject(inner.list_agg) ? inner.list_agg : undefined
    if (!list) return undefined
    return aggregate('string_agg', [list.this, list.separator ?? text('')], {
      distinct: list.distinct === true,
      order_by,
    })
  },
  function: (data) => functions[String(data.name).toLowerCase()]?.(listOf(data.args)),
}

const isInterval = (node: unknown) => kindOf(node) === 'interval'

const extracts: Record<string, string> = {
  dayofweek: 'day_of_week',
  dow: 'day_of_week',
  dayofyear: 'day_of_year',
  doy: 'day_of_year',
  dayofmonth: 'day',
  yearofweek: 'year_of_week',
  yow: 'year_of_week',
}

const functions: Record<string, (args: unknown[]) => Node | undefined> = {
  concat: ([first, ...rest]) =>
    rest.length === 0 ? undefined : (rest.reduce((left, right) => ({ concat: { left, right } }), first) as Node),
  greatest: nullWhereAnyIs('greatest'),
  least: nullWhereAnyIs('least'),
  date_format: ([time, pattern]) => call('strftime', time, translated('date_format', pattern, mysqlPattern)),
  date_parse: ([value, pattern]) => call('strptime', value, translated('date_parse', pattern, mysqlPattern)),
  format_datetime: ([time, pattern]) => call('strftime', time, translated('format_datetime', pattern, jodaPattern)),
  parse_datetime: ([value, pattern]) =>
    cast(call('strptime', value, translated('parse_datetime', pattern, jodaPattern)), {
      data_type: 'timestamp',
      timezone: true,
    }),
  format: ([pattern, ...args]) => call('printf', pattern, ...formatArguments(pattern, args)),
  map_agg: ([key, value]) => call('map', call('list', key), call('list', value)),
  filter: (args) => call('list_filter', ...args),
  transform: (args) => call('list_transform', ...args),
  at_timezone: otherZone,
  with_timezone: otherZone,
}

const aggregates: Record<string, (args: unknown[], data: Data) => Node> = {
  arbitrary: (args, data) => aggregate('any_value', args, data),
  max_by: (args, data) => aggregate(args.length === 2 ? 'arg_max_null' : 'arg_max', args, data),
  min_by: (args, data) => aggregate(args.length === 2 ? 'arg_min_null' : 'arg_min', args, data),
  approx_percentile: ([value, ...rest], data) => {
    const found = aggregate('approx_quantile', [cast(value, { data_type: 'double' }), ...rest], data)
    if (kindOf(rest[0]) === 'array_func') return found
    return call('_like', found, aggregate('any_value', [value], { filter: data.filter }))
  },
}

/** `_like(avg(x), sample) over w`: both parts take the window. */
function overEach(data: Data): Node | undefined {
  const inner = isObject(data.this) && isObject(data.this.function) ? data.this.function : undefined
  if (inner?.name !== '_like') return undefined
  return call('_like', ...listOf(inner.args).map((part) => ({ window_function: { ...data, this: part } })))
}

/** DuckDB's own functions of that name leave nulls out. */
function nullWhereAnyIs(name: string): (args: unknown[]) => Node {
  return (args) => ({
    case: {
      operand: null,
      whens: args.map((arg) => [{ is_null: { this: arg, not: false } }, { null: null }]),
      else_: call(name, ...args),
    },
  })
}

function translated(name: string, pattern: unknown, translate: (pattern: string) => string): Node {
  const literal = literalText(pattern)
  if (literal === undefined) throw new QueryFailed('user', `${name} takes a literal pattern here`)
  return text(translate(literal))
}

/** DuckDB's printf wants arguments of the type that each specifier names. */
function formatArguments(pattern: unknown, args: unknown[]): unknown[] {
  const specifiers = [...(literalText(pattern) ?? '').matchAll(/%[^a-zA-Z%]*([a-zA-Z])/g)].map(
    (match) => match[1] ?? '',
  )
  const types: Record<string, string> = { s: 'text', d: 'big_int', f: 'double' }
  return args.map((arg, i) => {
    const to = types[specifiers[i] ?? '']
    return to === undefined ? arg : cast(arg, { data_type: to })
  })
}

function otherZone(): never {
  throw new QueryFailed('user', 'times in other zones than UTC are not translated to DuckDB; add an interval instead')
}

const wholeTypes = new Set(['int', 'big_int', 'small_int', 'tiny_int'])

function mendCast(type: 'cast' | 'try_cast'): (data: Data) => Node | undefined {
  return (data) => {
    const to = isObject(data.to) ? data.to : {}
    if (kindOf(data.this) === 'null') return undefined
    if (wholeTypes.has(String(to.data_type))) return { [type]: { ...data, this: call('_whole', data.this) } }
    if (to.data_type === 'var_char') return { [type]: { ...data, this: call('_text', data.this) } }
    if (to.data_type !== 'decimal' || typeof to.precision === 'number') return undefined
    // `decimal '1.50'` has the digits that are written, `cast(x as decimal)` has 38 and none after the point.
    const literal = literalText(data.this)
    if (literal !== undefined && /^\d*\.?\d+$/.test(literal))
      return { literal: { literal_type: 'number', value: literal } }
    return { [type]: { ...data, to: { data_type: 'decimal', precision: 38, scale: 0 } } }
  }
}
