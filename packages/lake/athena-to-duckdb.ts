import { mends } from './athena-mends.ts'
import { checkNames } from './athena-names.ts'
import { checkCalls, checkWords } from './athena-syntax.ts'
import { nameBareSubqueries } from './athena-text.ts'
import { typeCheck } from './athena-types.ts'
import { Dialect, generate, parse } from './polyglot.ts'
import { NoDatabase, QueryFailed } from './query-engine.ts'
import { alias, type Data, isObject, kindOf, listOf, type Node, nameOf, rewrite } from './syntax-tree.ts'

/** A table that a statement names: `database.name`, in lower case. */
export interface TableName {
  database: string
  name: string
}

export interface Translation {
  /** For a DuckDB connection that has the macros of `athena-functions.ts` first in its search path. */
  sql: string
  tables: TableName[]
  /** Throws where Athena would not resolve a name. Columns are undefined where they are not known. */
  checkNames(columnsOf: (table: TableName) => readonly string[] | undefined): void
  /** To be bound, not run, before `sql`: it fails where types do not meet, and `refusal` says how. */
  check: { sql: string; refusal(message: string): QueryFailed | undefined }
}

/**
 * One query in Athena's dialect as DuckDB's, and the tables it names. Result columns without a name are called `_col0`
 * by their position, as on Athena; with `named` they are refused, as for a table.
 */
export function athenaToDuckdb(sql: string, options: { named?: boolean } = {}): Translation {
  checkWords(sql)
  const parsed = parse(nameBareSubqueries(sql), Dialect.Trino)
  if (!parsed.success) throw new QueryFailed('user', firstLine(parsed.error ?? 'it cannot be parsed'))
  const statements: unknown[] = parsed.ast
  const [statement] = statements
  if (statements.length !== 1) throw new QueryFailed('user', `one statement at a time, got ${statements.length}`)
  if (!queries.has(kindOf(statement)))
    throw new QueryFailed('user', `only select and "create table as" are run, got ${kindOf(statement)}`)
  checkCalls(sql, statement)

  const tables = new Map<string, TableName>()
  const common = commonTables(statement)
  const mended = rewrite(nameColumns(statement, options.named ?? false), (type, data) =>
    type === 'table' ? tableReference(data, { tables, common }) : mends[type]?.(data),
  )
  const { tree, refusal } = typeCheck(mended)
  return {
    sql: duckdbText(mended),
    tables: [...tables.values()],
    checkNames: (columnsOf) => checkNames(statement, columnsOf),
    check: { sql: duckdbText(tree), refusal },
  }
}

function duckdbText(tree: unknown): string {
  const { success, sql, error } = generate([tree], Dialect.DuckDB)
  if (!success || sql?.[0] === undefined) throw new QueryFailed('user', firstLine(error ?? 'it cannot be translated'))
  return sql[0]
}

const queries = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery'])
const firstLine = (message: string) => message.split('\n')[0] ?? ''

/** Names of `with` anywhere in the statement. */
function commonTables(value: unknown, names = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) commonTables(item, names)
  else if (isObject(value)) {
    for (const each of listOf(value.ctes)) if (isObject(each)) names.add(nameOf(each.alias).toLowerCase())
    for (const part of Object.values(value)) commonTables(part, names)
  }
  return names
}

/** `"AwsDataCatalog"."db"."t"` loses its catalog; DuckDB's own information_schema is kept out of sight. */
function tableReference(data: Data, seen: { tables: Map<string, TableName>; common: Set<string> }): Node | undefined {
  const name = nameOf(data.name).toLowerCase()
  const database = nameOf(data.schema).toLowerCase()
  if (database === '') {
    if (seen.common.has(name)) return undefined
    throw new NoDatabase(name)
  }
  seen.tables.set(`${database}.${name}`, { database, name })
  const schema = database === 'information_schema' ? { name: '_information_schema', quoted: true } : data.schema
  return { table: { ...data, schema, catalog: null } }
}

const named = new Set(['alias', 'column', 'star', 'dot', 'braced_wildcard'])

function nameColumns(statement: unknown, strict: boolean): unknown {
  const kind = kindOf(statement)
  const data = isObject(statement) ? statement[kind] : undefined
  if (!isObject(data)) return statement
  if (kind === 'union' || kind === 'intersect' || kind === 'except')
    return { [kind]: { ...data, left: nameColumns(data.left, strict) } }
  if (kind === 'subquery') return { subquery: { ...data, this: nameColumns(data.this, strict) } }
  if (kind !== 'select') return statement
  const expressions = listOf(data.expressions).map((expression, i) => {
    if (named.has(kindOf(expression))) return expression
    if (strict) throw new QueryFailed('user', `column ${i + 1} of the table has no name; add "as name"`)
    return alias(expression, `_col${i}`)
  })
  return { select: { ...data, expressions } }
}
