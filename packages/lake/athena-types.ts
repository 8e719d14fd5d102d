import { Dialect, parse } from './polyglot.ts'
import { QueryFailed } from './query-engine.ts'
import {
  call,
  cast,
  type Data,
  isObject,
  kindOf,
  listOf,
  literalText,
  type Node,
  placeOf,
  rewrite,
  text,
} from './syntax-tree.ts'

/**
 * Athena compares, joins, chooses and unites values of one type (numbers among themselves, dates and timestamps too), and
 * takes nothing but booleans for conditions; DuckDB casts. A statement's twin that is only bound, never run, tells them
 * apart: its text literals are text and nothing else, and its operators are macros that fail to bind unless the types meet.
 */
export const typeMacros: readonly string[] = [
  `_family(t) as system.main.regexp_replace(system.main.regexp_replace(t,
    '\\b(U?TINYINT|U?SMALLINT|U?INTEGER|U?BIGINT|U?HUGEINT|BIGNUM|FLOAT|DOUBLE|DECIMAL\\(\\d+,\\d+\\))', 'number', 'g'),
    'TIMESTAMP WITH TIME ZONE|TIMESTAMP|DATE', 'time', 'g')`,
  `_agree(x, isRight, key, types) as struct_extract(struct_pack(ok := x), case when isRight then 'ok'
    else '_types ' || key || ' ' || types end)`,
  `_meet(a, b) as a = '"NULL"' or b = '"NULL"' or system.main.contains(a, '"NULL"[]') or system.main.contains(b, '"NULL"[]')
    or starts_with(a, 'STRUCT') and starts_with(b, 'STRUCT') or _family(a) = _family(b)`,
  `_compared(a, b, key) as _agree(true, _meet(system.main.typeof(a), system.main.typeof(b)), key,
    system.main.typeof(a) || ' ' || system.main.typeof(b))`,
  `_united(a, b, key) as _agree(true, system.main.contains(system.main.typeof(a) || system.main.typeof(b), '"NULL"')
    or _family(system.main.typeof(a)) = _family(system.main.typeof(b)), key, 'x x')`,
  `_condition(x, key) as _agree(x, system.main.typeof(x) in ('BOOLEAN', '"NULL"'), key, system.main.typeof(x) || ' BOOLEAN')`,
  `_piece(x, key) as _agree(x, system.main.typeof(x) in ('VARCHAR', '"NULL"', 'BLOB') or ends_with(system.main.typeof(x), ']'),
    key, system.main.typeof(x) || ' VARCHAR')`,
  `_moved(a, b, key) as _agree(true, not (
    system.main.typeof(a) = 'DATE' and (system.main.typeof(b) = 'DATE' or _family(system.main.typeof(b)) = 'number')
    or _family(system.main.typeof(a)) = 'number' and system.main.typeof(b) = 'DATE'),
    key, system.main.typeof(a) || ' ' || system.main.typeof(b))`,
]

export interface TypeCheck {
  /** The twin, to be generated and bound. */
  tree: unknown
  /** What a binding error of the twin says of the statement; undefined where it says nothing. */
  refusal(message: string): QueryFailed | undefined
}

const comparisons = new Set(['eq', 'neq', 'lt', 'lte', 'gt', 'gte', 'null_safe_eq', 'null_safe_neq'])
const conditions = new Set([
  ...comparisons,
  'and',
  'or',
  'not',
  'in',
  'like',
  'between',
  'is_null',
  'exists',
  'any',
  'all',
  'paren',
  'boolean',
  'null',
])
const calculations = new Set(['add', 'sub', 'mul', 'div', 'mod', 'neg', 'function', 'interval'])

export function typeCheck(translated: unknown): TypeCheck {
  const places = new Map<string, { id: string; place: string; what: string }>()
  /** Equal expressions get one key, as `group by` wants them equal. */
  const keyOf = (kind: string, data: Data, what: string): Node => {
    const plain = JSON.stringify([kind, data], (name, value) => (name === 'span' ? undefined : value))
    const known = places.get(plain)
    const found = known ?? { id: `k${places.size}`, place: placeOf(data), what }
    places.set(plain, found)
    return text(found.id)
  }
  const condition = (node: unknown, what: string): unknown =>
    conditions.has(kindOf(node)) || !isObject(node) || isCompared(node)
      ? node
      : call('_condition', node, keyOf('condition', { node }, what))

  const check = (kind: string, data: Data): Node | undefined => {
    const { left, right } = data
    if (comparisons.has(kind)) return call('_compared', left, right, keyOf(kind, data, 'compares'))
    if (kind === 'and' || kind === 'or')
      return { [kind]: { ...data, left: condition(left, kind), right: condition(right, kind) } }
    if (kind === 'not') return { not: { ...data, this: condition(data.this, 'not') } }
    if (kind === 'in') {
      if (kindOf(data.this) === 'tuple' || listOf(data.expressions).some((each) => kindOf(each) === 'tuple'))
        return undefined
      const query = firstSelect(data.query)
      const others = query ? [placed('select (select 1)', query)] : samples(listOf(data.expressions))
      return others
        .map((other) => call('_compared', data.this, other, keyOf(kind, { left: data.this, other }, 'compares')))
        .reduce((left, right): Node => ({ and: { left, right } }))
    }
    if (kind === 'case') {
      const whens = listOf(data.whens).map((when) => {
        const [value, result] = listOf(when)
        const asked = isObject(data.operand)
          ? call('_compared', data.operand, value, keyOf('when', { operand: data.operand, value }, 'compares'))
          : condition(value, 'case when')
        return [asked, result]
      })
      return { case: { ...data, operand: null, whens } }
    }
    if (kind === 'concat') return { concat: { ...data, left: piece(left), right: piece(right) } }
    if ((kind === 'add' || kind === 'sub') && !calculations.has(kindOf(left)) && !calculations.has(kindOf(right)))
      return {
        case: {
          operand: null,
          whens: [
            [call('_moved', left, right, keyOf(kind, data, kind === 'sub' ? 'subtracts' : 'adds')), { [kind]: data }],
          ],
          else_: null,
        },
      }
    if (kind === 'select') return { select: selectConditions(data) }
    if (kind === 'union' || kind === 'except' || kind === 'intersect') return united(kind, data)
    return undefined
  }
  const piece = (node: unknown): unknown =>
    kindOf(node) === 'concat' ? node : call('_piece', node, keyOf('piece', { node }, 'joins'))

  const selectConditions = (data: Data): Data => {
    const changed = { ...data }
    for (const clause of ['where_clause', 'having'])
      if (isObject(data[clause]))
        changed[clause] = { ...data[clause], this: condition(data[clause].this, clause.replace('_clause', '')) }
    changed.joins = listOf(data.joins).map((join) =>
      isObject(join) && isObject(join.on) ? { ...join, on: condition(join.on, 'on') } : join,
    )
    return changed
  }

  /** The first side of a set operation and its right one, compared as rows in the right one's `where`. */
  const united = (kind: string, data: Data): Node | undefined => {
    const [first, right] = [firstSelect(data.left), firstSelect(data.right)]
    if (!first || !right || kindOf(data.right) !== 'select') return undefined
    const rows = [first, right].map(rowOf)
    if (rows[0] === undefined || rows[1] === undefined) return undefined
    const asked = call('_united', ...rows, keyOf(kind, data, kind))
    const where = isObject(right.where_clause) ? { and: { left: right.where_clause.this, right: asked } } : asked
    return { [kind]: { ...data, right: { select: { ...right, where_clause: { this: where } } } } }
  }

  const tree = rewriteChecked(translated, check)
  return {
    tree,
    refusal(message) {
      const found = /_types (k\d+) (.*?)" in struct/.exec(message)
      const place = [...places.values()].find(({ id }) => id === found?.[1])
      if (found && place) return new QueryFailed('user', `${place.place}${sentence(place.what, found[2] ?? '')}`)
      return /No function matches|Cannot (mix|compare) values|explicit cast is required/.test(message)
        ? new QueryFailed('user', (message.split('\n')[0] ?? '').replace(/_LITERAL\b/g, ''))
        : undefined
    },
  }
}

/** Of a list, one literal per type and everything else. */
function samples(list: unknown[]): unknown[] {
  const kinds = new Map(
    list.map((each, i) => [isLiteral(each) ? JSON.stringify(each).replace(/"value":"[^"]*"/, '') : i, each]),
  )
  return [...kinds.values()]
}

const isLiteral = (node: unknown) => kindOf(node) === 'literal' || kindOf(node) === 'cast'

const isCompared = (node: unknown): boolean =>
  isObject(node) && isObject(node.function) && node.function.name === '_compared'

/** From the leaves up, with each text literal as text; intervals stay as they are. */
function rewriteChecked(value: unknown, check: (kind: string, data: Data) => Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => rewriteChecked(item, check))
  if (!isObject(value) || isObject(value.interval)) return value
  if (literalText(value) !== undefined) return cast(value, { data_type: 'var_char' })
  const copy: Data = {}
  for (const [key, part] of Object.entries(value)) copy[key] = rewriteChecked(part, check)
  const kind = kindOf(copy)
  const data = copy[kind]
  return Object.keys(copy).length === 1 && isObject(data) ? (check(kind, data) ?? copy) : copy
}

function firstSelect(node: unknown): Data | undefined {
  const kind = kindOf(node)
  const data = isObject(node) ? node[kind] : undefined
  if (!isObject(data)) return undefined
  if (kind === 'select') return data
  return kind === 'subquery' ? firstSelect(data.this) : firstSelect(data.left)
}

/** A select's columns as one row, undefined where it does not name them one by one. */
function rowOf(select: Data): Node | undefined {
  const expressions = listOf(select.expressions)
  if (expressions.some((each) => ['star', 'braced_wildcard'].includes(kindOf(each)))) return undefined
  const names = expressions.map((_, i) => `c${i}`).join(', ')
  return placed(`select (select row(${names}) from (select 1) as u(${names}))`, select)
}

/** The subquery of `select (…)` with another select in place of `select 1` in it. */
function placed(template: string, select: Data): Node {
  const parsed = parse(template, Dialect.Trino)
  const [statement] = (parsed.success ? parsed.ast : []) as unknown[]
  const outer = isObject(statement) && isObject(statement.select) ? listOf(statement.select.expressions)[0] : undefined
  return rewrite(outer, (kind, data) =>
    kind === 'select' && kindOf(listOf(data.expressions)[0]) === 'literal' ? { select } : undefined,
  ) as Node
}

function sentence(what: string, types: string): string {
  const [left = '', right = ''] = types
    .split(/ (?=[^ ]*$)/)
    .map((type) => type.toLowerCase().replace('blob', 'varbinary'))
  if (what === 'compares')
    return `Athena does not compare ${left} with ${right}; write date '2018-01-31' or cast(x as ${left}) for one of them`
  if (what === 'joins') return `Athena joins text by ||, got ${left}; write cast(x as varchar)`
  if (what === 'subtracts' && left === 'date' && right === 'date')
    return "date - date is an interval in Athena, which is not computed here; write date_diff('day', earlier, later)"
  if (what === 'subtracts' || what === 'adds')
    return `Athena ${what} no number ${what === 'adds' ? 'to' : 'from'} a date; write date_add('day', n, x)`
  if (['union', 'except', 'intersect'].includes(what)) return `columns of ${what} differ in type; cast them to one`
  return `Athena takes a boolean for ${what}, got ${left}`
}
