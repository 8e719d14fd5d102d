import { sqlType } from '@droplake/contracts/column'
import type { TableName } from './athena-to-duckdb.ts'
import type { CatalogTable } from './catalog.ts'

/**
 * DuckDB statements that show a catalog table as `database.name` in the database in use: the catalog's columns in its
 * types, then the partition column. A file that lacks a column gives nulls, as on Athena.
 *
 * The partition's value comes from the catalog: the file's path as an enum is a position in a list of values. A filter
 * on it is decided for each file when the statement is bound, so other partitions are not opened.
 *
 * @param locate from object key to path
 * @param id distinguishes the tables of one statement
 */
export function viewStatements(
  table: CatalogTable,
  { alias, locate, id }: { alias: TableName; locate: (key: string) => string; id: number },
): string[] {
  const view = `create view ${quoteName(alias.database)}.${quoteName(alias.name)} as`
  const schema = `create schema if not exists ${quoteName(alias.database)}`
  const files = table.partitions.flatMap((partition) =>
    partition.files.map((key) => ({ path: locate(key), value: partition.value })),
  )
  const partition = table.partitionColumn
  if (files.length === 0) {
    const all = [...table.columns.map(({ name, type }) => ({ name, type: sqlType(type) }))]
    if (partition !== undefined) all.push({ name: partition, type: 'varchar' })
    const nulls = all.map(({ name, type }) => `cast(null as ${type}) as ${quoteName(name)}`)
    return [schema, `${view} select ${nulls.join(', ')} where false`]
  }

  const columns = table.columns.map(({ name }) => quoteName(name))
  const types = table.columns.map(
    ({ name, type }) =>
      `${quoteText(name)}: {name: ${quoteText(name)}, type: ${quoteText(sqlType(type))}, default_value: null}`,
  )
  const source = (options: string) =>
    `read_parquet([${files.map((file) => quoteText(escapeGlob(file.path))).join(', ')}], hive_partitioning = false, ${options}schema = map {${types.join(', ')}})`
  if (partition === undefined) return [schema, `${view} select ${columns.join(', ')} from ${source('')}`]

  const enumeration = `_files_${id}`
  // DuckDB passes over files by this name only; a table that uses it for itself is read whole.
  const path = table.columns.some(({ name }) => name.toLowerCase() === 'filename') ? '$path' : 'filename'
  const values = `[${files.map((file) => quoteText(file.value)).join(', ')}]`
  const value = `(${values})[cast(enum_code(cast("${path}" as ${enumeration})) as bigint) + 1] as ${quoteName(partition)}`
  return [
    schema,
    `create type ${enumeration} as enum (${files.map((file) => quoteText(file.path)).join(', ')})`,
    `${view} select ${[...columns, value].join(', ')} from ${source(`filename = ${path === 'filename' ? 'true' : quoteText(path)}, `)}`,
  ]
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** DuckDB reads `*`, `?` and `[` in a path as a pattern. */
export const escapeGlob = (path: string): string => path.replace(/[*?[]/g, '[$&]')
