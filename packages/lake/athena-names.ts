import { QueryFailed } from './query-engine.ts'
import { type Data, isObject, kindOf, listOf, nameOf, placeOf } from './syntax-tree.ts'

/**
 * Refuses names that DuckDB resolves and Athena does not: an alias of a select in its own list, `where`, `group by` and
 * `having`, and a table's name in place of a column. `order by` may name an alias.
 */

/** A table's or subquery's columns in lower case; undefined where they cannot be told. */
type Columns = readonly string[] | undefined

interface Scope {
  /** Columns by the name of their source. */
  sources: Map<string, Columns>
  /** What the select calls its own expressions. */
  aliases: ReadonlySet<string>
  /** Columns of `using` by the sources that they were joined from. */
  merged: { name: string; sources: ReadonlySet<string> }[]
  /** Names of common tables. */
  common: Map<string, Columns>
  /** Sources beside a subquery in `from`, which it does not see unless it is lateral. */
  beside?: Map<string, Columns>
  outer?: Scope
}

/** @param columnsOf a catalog table's columns, in lower case */
export function checkNames(
  statement: unknown,
  columnsOf: (table: { database: string; name: string }) => Columns,
): void {
  query(statement, { sources: new Map(), aliases: new Set(), merged: [], common: new Map() })

  /** Checks a query, and gives its columns. */
  function query(node: unknown, outer: Scope): Columns {
    const kind = kindOf(node)
    const data = isObject(node) ? node[kind] : undefined
    if (!isObject(data)) return undefined
    if (kind === 'subquery' || kind === 'paren') return query(data.this, withCommon(data, outer))
    if (kind === 'union' || kind === 'intersect' || kind === 'except') {
      const scope = withCommon(data, outer)
      const columns = query(data.left, scope)
      query(data.right, scope)
      return columns
    }
    if (kind !== 'select') {
      expression(data, outer)
      return undefined
    }
    return select(data, withCommon(data, outer))
  }

  function withCommon(data: Data, outer: Scope): Scope {
    const ctes = isObject(data.with) ? listOf(data.with.ctes) : []
    if (ctes.length === 0) return outer
    const common = new Map(outer.common)
    const scope = { ...outer, common }
    for (const cte of ctes.filter(isObject)) {
      const name = lower(cte.alias)
      const named = listOf(cte.columns).map(lower)
      // A recursive one reads itself.
      common.set(name, named.length > 0 ? named : undefined)
      const columns = query(cte.this, scope)
      common.set(name, named.length > 0 ? named : columns)
    }
    return scope
  }

  function select(data: Data, outer: Scope): Columns {
    const expressions = listOf(data.expressions)
    const aliases = new Set(
      expressions
        .filter((each) => kindOf(each) === 'alias')
        .map((each) => lower((each as { alias: Data }).alias.alias)),
    )
    const scope: Scope = { sources: new Map(), aliases, merged: [], common: outer.common, outer }
    const joins = listOf(data.joins).filter(isObject)
    for (const each of isObject(data.from) ? listOf(data.from.expressions) : []) source(each, scope)
    joined(joins, scope)
    for (const part of [expressions, data.where_clause, data.group_by, data.having, data.windows])
      expression(part, scope)
    orderBy(data.order_by, scope)
    if (data.distinct === true) orderOfDistinct(data, expressions, scope)
    return columnsOfSelect(expressions, scope)
  }

  function columnsOfSelect(expressions: unknown[], scope: Scope): Columns {
    const columns: string[] = []
    for (const [i, each] of expressions.entries()) {
      const kind = kindOf(each)
      const data = (each as Record<string, Data>)[kind] as Data
      if (kind === 'star') {
        const only = lower(data.table)
        for (const [name, own] of scope.sources) {
          if (only !== '' && only !== name) continue
          if (own === undefined) return undefined
          columns.push(...own)
        }
      } else if (kind === 'braced_wildcard') return undefined
      else if (kind === 'alias') columns.push(lower(data.alias))
      else if (kind === 'column') columns.push(lower(data.name))
      else if (kind === 'dot') columns.push(lower(data.field))
      else columns.push(`_col${i}`)
    }
    return columns
  }

  function source(node: unknown, scope: Scope): void {
    const kind = kindOf(node)
    const data = isObject(node) ? node[kind] : undefined
    if (!isObject(data)) return
    const named = listOf(data.column_aliases).map(lower)
    const add = (name: string, columns: Columns) =>
      scope.sources.set(name === '' ? ` ${scope.sources.size}` : name, named.length > 0 ? named : columns)
    if (kind === 'table') {
      const database = lower(data.schema)
      const name = lower(data.name)
      const columns = database === '' ? scope.common.get(name) : columnsOf({ database, name })
      add(lower(data.alias) || name, columns)
    } else if (kind === 'subquery') {
      if (kindOf(data.this) === 'joined_table' || kindOf(data.this) === 'table') source(data.this, scope)
      else add(lower(data.alias), query(data.this, data.lateral === true ? scope : besides(scope)))
    } else if (kind === 'alias') {
      expression(data.this, scope)
      add(lower(data.alias), undefined)
    } else if (kind === 'joined_table') {
      source(data.left, scope)
      joined(listOf(data.joins).filter(isObject), scope)
    } else if (kind === 'lateral') {
      add(lower(data.alias), query(data.this, scope))
    } else if (kind === 'paren' || kind === 'table_sample') source(data.this, scope)
    else add(lower(data.alias), undefined)
  }

  function joined(joins: Data[], scope: Scope): void {
    for (const join of joins) {
      source(join.this, scope)
      for (const name of listOf(join.using).map(lower))
        scope.merged.push({ name, sources: new Set(scope.sources.keys()) })
    }
    for (const join of joins) expression(join.on, scope)
  }

  /** @param parameters of the lambdas around */
  function expression(node: unknown, scope: Scope, parameters: ReadonlySet<string> = new Set()): void {
    if (Array.isArray(node)) for (const item of node) expression(item, scope, parameters)
    if (!isObject(node)) return
    const kind = kindOf(node)
    const data = node[kind]
    if (['select', 'union', 'intersect', 'except'].includes(kind)) query(node, scope)
    else if (kind === 'column' && isObject(data)) column(data, scope, parameters)
    else if (kind === 'lambda' && isObject(data))
      expression(data.body, scope, new Set([...parameters, ...listOf(data.parameters).map(lower)]))
    else for (const part of Object.values(node)) expression(part, scope, parameters)
  }

  /** Here aliases are known. */
  function orderBy(node: unknown, scope: Scope): void {
    expression(node, { ...scope, sources: new Map([...scope.sources, [' aliases', [...scope.aliases]]]) })
  }

  function orderOfDistinct(data: Data, expressions: unknown[], scope: Scope): void {
    const columns = columnsOfSelect(expressions, scope)
    const selected = new Set(
      expressions.map((each) => plain(isObject(each) && isObject(each.alias) ? each.alias.this : each)),
    )
    if (columns === undefined || expressions.some((each) => kindOf(each) === 'star')) return
    for (const each of isObject(data.order_by) ? listOf(data.order_by.expressions).filter(isObject) : []) {
      const kind = kindOf(each.this)
      const isNamed = kind === 'column' && columns.includes(lower((each.this as { column: Data }).column.name))
      if (kind !== 'literal' && !isNamed && !selected.has(plain(each.this)))
        throw new QueryFailed('user', `${placeOf(each)}select distinct is ordered by what it selects only`)
    }
  }

  function column(data: Data, scope: Scope, parameters: ReadonlySet<string>): void {
    const name = lower(data.name)
    const table = lower(data.table)
    if (table === '' && !parameters.has(name)) once(data, name, scope)
    if (
      table === ''
        ? parameters.has(name) || isKnown(name, scope)
        : !isMerged(table, name, scope) && (isSource(table, scope) || !isBeside(scope, (sources) => sources.has(table)))
    )
      return
    const refuse = (reason: string): never => {
      throw new QueryFailed('user', `${placeOf(data)}column ${name} cannot be resolved; ${reason}`)
    }
    if (table !== '' && isBeside(scope, (sources) => sources.has(table)))
      refuse('a subquery in from does not see its neighbors: write cross join lateral (select …)')
    if (table !== '') refuse(`using (${name}) made it one column: write ${name} without ${table}`)
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      if (at.aliases.has(name))
        refuse(
          'it is an alias of this select, which only order by may name: repeat its expression, or select from a subquery',
        )
      if (at.sources.has(name)) refuse('it is the name of a table: name one of its columns')
    }
    if (isBeside(scope, (sources) => [...sources.values()].some((columns) => columns?.includes(name))))
      refuse('a subquery in from does not see its neighbors: write cross join lateral (select …)')
  }

  /** Refuses a name that the nearest source to know it has twice. */
  function once(data: Data, name: string, scope: Scope): void {
    for (let at: Scope | undefined = scope; at; at = at.outer)
      for (const columns of at.sources.values()) {
        if (columns === undefined) return
        const found = columns.filter((each) => each === name).length
        if (found > 1)
          throw new QueryFailed(
            'user',
            `${placeOf(data)}column ${name} is ambiguous: give its columns names of their own`,
          )
        if (found === 1) return
      }
  }

  function isSource(table: string, scope: Scope): boolean {
    for (let at: Scope | undefined = scope; at; at = at.outer) if (at.sources.has(table)) return true
    return false
  }

  function isBeside(scope: Scope, test: (sources: Map<string, Columns>) => boolean): boolean {
    for (let at: Scope | undefined = scope; at; at = at.outer) if (at.beside && test(at.beside)) return true
    return false
  }

  function isMerged(table: string, name: string, scope: Scope): boolean {
    for (let at: Scope | undefined = scope; at; at = at.outer)
      if (at.sources.has(table)) return at.merged.some((each) => each.name === name && each.sources.has(table))
    return false
  }

  function isKnown(name: string, scope: Scope): boolean {
    for (let at: Scope | undefined = scope; at; at = at.outer)
      for (const columns of at.sources.values()) if (columns === undefined || columns.includes(name)) return true
    return false
  }
}

/** The scope of a subquery in `from`, beside other sources. */
const besides = (scope: Scope): Scope => ({ ...scope, sources: new Map(), aliases: new Set(), beside: scope.sources })

const lower = (identifier: unknown): string =>
  (isObject(identifier) && isObject(identifier.name) ? nameOf(identifier.name) : nameOf(identifier)).toLowerCase()

/** An expression without its place. */
const plain = (node: unknown): string =>
  JSON.stringify(node, (key, value) =>
    key === 'span' ? undefined : typeof value === 'string' ? value.toLowerCase() : value,
  )
