import { jodaPattern, mysqlPattern } from './date-patterns.ts'
import { Dialect, parse } from './polyglot.ts'
import { QueryFailed } from './query-engine.ts'
import {
  aggregate,
  call,
  cast,
  type Data,
  isObject,
  kindOf,
  listOf,
  literalNumber,
  literalText,
  type Node,
  nameOf,
  number,
  rewrite,
  text,
} from './syntax-tree.ts'
import { duckdbJsonPath, groupMatchesEmpty, re2Pattern, re2Replacement } from './text-patterns.ts'

/**
 * What needs another shape in DuckDB than in Athena, by the type of its node. Children are mended already. Other
 * functions keep their names and get Athena's meaning from `athena-functions.ts`.
 */
export const mends: Record<string, (data: Data) => Node | undefined> = {
  div: ({ left, right }) => call(isFraction(left) || isFraction(right) ? '_divide_again' : '_divide', left, right),
  mod: ({ left, right }) => call('_modulo', left, right),
  mod_func: ({ this: left, expression: right }) => call('_modulo', left, right),
  substring: ({ this: value, start, length }) =>
    length ? call('_part', value, start, length) : call('_from', value, start),
  trim: ({ this: value, characters, position }) =>
    call(trims[String(position)] ?? 'trim', value, ...(characters ? [characters] : [])),
  subscript: ({ this: value, index }) => call('_subscript', value, index),
  json_extract: ({ this: value, path }) => call('json_extract', value, jsonPath(path)),
  json_extract_scalar: ({ this: value, path }) => call('json_extract_scalar', value, jsonPath(path)),
  add: ({ left, right }) => {
    if (isInterval(left) === isInterval(right)) return undefined
    return isInterval(right) ? call('_plus', left, right) : call('_plus', right, left)
  },
  sub: ({ left, right }) =>
    isInterval(right) && !isInterval(left) ? call('_plus', left, { neg: { this: right } }) : undefined,
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
  // Athena counts rows with nulls in them.
  count: (data) =>
    isObject(data.this) && isObject(data.this.tuple)
      ? { count: { ...data, this: call('row', ...listOf(data.this.tuple.expressions)) } }
      : undefined,
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
  alias: unnestSeveral,
  function: (data) => functions[String(data.name).toLowerCase()]?.(listOf(data.args)),
}

/** `interval '1' day`, also times a number or added to another. */
function isInterval(node: unknown): boolean {
  const kind = kindOf(node)
  const data = isObject(node) ? node[kind] : undefined
  if (kind === 'interval') return true
  if (!isObject(data) || !['mul', 'add', 'sub', 'neg', 'paren'].includes(kind)) return false
  return [data.left, data.right, data.this].some(isInterval)
}

/** Whether a division stands in an expression, also in parentheses or beneath other operators. */
const isFraction = (node: unknown): boolean => JSON.stringify(node).includes('"name":"_divide')

const extracts: Record<string, string> = {
  dayofweek: 'day_of_week',
  dow: 'day_of_week',
  dayofyear: 'day_of_year',
  doy: 'day_of_year',
  dayofmonth: 'day',
  yearofweek: 'year_of_week',
  yow: 'year_of_week',
}

const trims: Record<string, string> = { Leading: 'ltrim', Trailing: 'rtrim' }

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
  map_agg: ([key, value]) => call('_map_of', call('list', key), call('list', value)),
  date: ([value]) => cast(call('_date', value), { data_type: 'date' }),
  concat_ws: (args) => (args.length === 2 ? call('_concat_ws', ...args) : undefined),
  sequence: ([from, ...rest]) =>
    rest.length === 1 && literalNumber(from) !== undefined
      ? call('sequence', cast(from, { data_type: 'big_int' }), ...rest)
      : undefined,
  filter: (args) => call('list_filter', ...args),
  transform: (args) => call('list_transform', ...args),
  any_match: (args) => call('_any', call('list_transform', ...args)),
  all_match: (args) => call('_all', call('list_transform', ...args)),
  none_match: (args) => ({ not: { this: call('_any', call('list_transform', ...args)) } }),
  map_filter: ([map, lambda]) =>
    call('map_from_entries', call('list_filter', call('map_entries', map), ofEntry(lambda))),
  transform_values: ([map, lambda]) =>
    call('map', call('map_keys', map), call('list_transform', call('map_entries', map), ofEntry(lambda))),
  reduce: ([list, start, step, end]) => {
    const result = call('list_reduce', list, step, start)
    const { parameters, body } = lambdaOf(end, 1)
    return substituted(body, { [parameters[0] ?? '']: result }) as Node
  },
  regexp_like: ([value, pattern]) => call('regexp_like', value, regularExpression(pattern)),
  regexp_count: ([value, pattern]) => call('regexp_count', value, regularExpression(pattern)),
  regexp_split: ([value, pattern]) => call('regexp_split', value, regularExpression(pattern)),
  regexp_extract: ([value, pattern, n]) => matchedGroup(value, pattern, n),
  regexp_extract_all: ([value, pattern, ...n]) => call('regexp_extract_all', value, regularExpression(pattern), ...n),
  regexp_replace: ([value, pattern, by]) => {
    const literal = literalText(by)
    return literal === undefined
      ? undefined
      : call('_regexp_replace', value, regularExpression(pattern), text(re2Replacement(literal, literalText(pattern))))
  },
  at_timezone: otherZone,
  with_timezone: otherZone,
}

/** The lambda over entries of a map in place of one over key and value. */
function ofEntry(lambda: unknown): Node {
  const { parameters, body } = lambdaOf(lambda, 2)
  const entry = { name: '_entry', quoted: true, trailing_comments: [], span: null }
  const field = (name: string) => call('struct_extract', columnOf('_entry'), text(name))
  const [key = '', value = ''] = parameters
  return { lambda: { parameters: [entry], body: substituted(body, { [key]: field('key'), [value]: field('value') }) } }
}

function lambdaOf(node: unknown, count: number): { parameters: string[]; body: unknown } {
  const lambda = isObject(node) && isObject(node.lambda) ? node.lambda : undefined
  const parameters = listOf(lambda?.parameters).map((each) => nameOf(each).toLowerCase())
  if (parameters.length !== count)
    throw new QueryFailed('user', `a lambda of ${count === 1 ? 'one argument' : `${count} arguments`} is wanted here`)
  return { parameters, body: lambda?.body }
}

const columnOf = (name: string): Node => ({
  column: {
    name: { name, quoted: true, trailing_comments: [], span: null },
    table: null,
    join_mark: false,
    trailing_comments: [],
  },
})

/** A tree with columns replaced, by their names in lower case. */
const substituted = (body: unknown, by: Record<string, unknown>): unknown =>
  rewrite(body, (type, data) => {
    if (type !== 'column' || data.table) return undefined
    const name = nameOf(data.name).toLowerCase()
    return Object.hasOwn(by, name) ? (by[name] as Node) : undefined
  })

/**
 * The match of a pattern, or of its group `n`: null where there is none. DuckDB gives an empty text for a group that did
 * not take part; that is null, too, unless the group matches the empty text.
 */
function matchedGroup(value: unknown, pattern: unknown, n: unknown): Node {
  const found = call('regexp_extract', value, regularExpression(pattern), ...(n ? [n] : []))
  const source = literalText(pattern)
  const number = literalNumber(n)
  if (source === undefined || number === undefined || number === 0) return found
  return groupMatchesEmpty(source, number) ? found : call('nullif', found, text(''))
}

function regularExpression(pattern: unknown): unknown {
  const literal = literalText(pattern)
  return literal === undefined ? pattern : text(re2Pattern(literal))
}

const aggregates: Record<string, (args: unknown[], data: Data) => Node> = {
  corr: (args, data) => call('_or_null', aggregate('corr', args, data)),
  arbitrary: (args, data) => aggregate('any_value', args, data),
  max_by: (args, data) => aggregate(args.length === 2 ? 'arg_max_null' : 'arg_max', args, data),
  min_by: (args, data) => aggregate(args.length === 2 ? 'arg_min_null' : 'arg_min', args, data),
  approx_percentile: ([value, ...rest], data) => {
    const found = aggregate('approx_quantile', [cast(value, { data_type: 'double' }), ...rest], data)
    const sample = aggregate('any_value', [value], { filter: data.filter })
    return kindOf(rest[0]) === 'array_func'
      ? call('cast_to_type', found, call('list_value', sample))
      : call('_like', found, sample)
  },
}

/**
 * `unnest(a, b) as t(x, y)` and `unnest(map) as t(key, value)`: DuckDB unnests one array in `from`, but several side by
 * side in a select.
 */
function unnestSeveral(data: Data): Node | undefined {
  const unnest = isObject(data.this) && isObject(data.this.unnest) ? data.this.unnest : undefined
  if (!unnest || unnest.with_ordinality === true) return undefined
  const given = [unnest.this, ...listOf(unnest.expressions)]
  const columns = listOf(data.column_aliases)
  const isMap = given.length === 1 && columns.length === 2
  if (given.length === 1 && !isMap) return undefined
  const lists = isMap ? [call('map_keys', given[0]), call('map_values', given[0])] : given
  const template = parse('select 1 from (select 1) s cross join lateral (select 2) as t(x)', Dialect.Trino)
  const [statement] = (template.success ? template.ast : []) as unknown[]
  const select = isObject(statement) && isObject(statement.select) ? statement.select : {}
  const [join] = listOf(select.joins)
  const subquery = isObject(join) && isObject(join.this) && isObject(join.this.subquery) ? join.this.subquery : {}
  const inner = isObject(subquery.this) && isObject(subquery.this.select) ? subquery.this.select : {}
  const expressions = lists.map((list) => call('unnest', list))
  return {
    subquery: { ...subquery, this: { select: { ...inner, expressions } }, alias: data.alias, column_aliases: columns },
  }
}

/** `_like(avg(x), sample) over w`: both parts take the window. */
function overEach(data: Data): Node | undefined {
  if (isObject(data.this) && Object.values(data.this).some((each) => isObject(each) && each.filter))
    throw new QueryFailed(
      'user',
      'Athena takes no filter (where …) with over (…); write sum(case when … then x end) over (…)',
    )
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

function jsonPath(path: unknown): Node {
  const literal = literalText(path)
  if (literal === undefined) throw new QueryFailed('user', 'a JSON path is a literal here')
  return text(duckdbJsonPath(literal))
}

const wholeTypes = new Set(['int', 'big_int', 'small_int', 'tiny_int'])

/** What DuckDB would cast and Athena does not, by the type in the cast: the macro that refuses it. */
const castsChecked: Record<string, string> = { boolean: '_boolean', date: '_date', double: '_number', float: '_number' }

function mendCast(type: 'cast' | 'try_cast'): (data: Data) => Node | undefined {
  return (data) => {
    const to = isObject(data.to) ? data.to : {}
    const dataType = String(to.data_type)
    const from = (value: unknown, as: Data = to): Node => ({ [type]: { ...data, this: value, to: as } })
    if (kindOf(data.this) === 'null') return undefined
    if (wholeTypes.has(dataType)) return from(call('_whole', data.this))
    if (dataType === 'json') return call('_json_of', data.this)
    if (dataType === 'char')
      throw new QueryFailed('user', "the type char(n) does not run here; cast to varchar, or use rpad(x, n, ' ')")
    if (dataType === 'var_char')
      return typeof to.length === 'number'
        ? from(call('_cut', data.this, number(to.length)), { ...to, length: null })
        : from(call('_text', data.this))
    if (dataType === 'timestamp') return to.timezone === true ? undefined : from(call('_timestamp', data.this))
    const checked = castsChecked[dataType]
    if (checked !== undefined) return from(call(checked, data.this))
    if (dataType !== 'decimal') return undefined
    if (typeof to.precision === 'number') return from(call('_decimal', data.this))
    // `decimal '1.50'` has the digits that are written, `cast(x as decimal)` has 38 and none after the point.
    const literal = literalText(data.this)
    if (literal !== undefined && /^\d*\.?\d+$/.test(literal))
      return { literal: { literal_type: 'number', value: literal } }
    return from(call('_decimal', data.this), { data_type: 'decimal', precision: 38, scale: 0 })
  }
}
