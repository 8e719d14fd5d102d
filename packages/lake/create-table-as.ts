import { QueryFailed } from './query-engine.ts'

/** What `createTableAs` of the models package renders. */
export interface CreateTableAs {
  database: string
  table: string
  /** As the object store's `locate` names the folder. */
  location: string
  partitionColumn?: string
  select: string
}

const text =
  /^\s*create\s+table\s+"((?:[^"]|"")+)"\."((?:[^"]|"")+)"\s+with\s*\(\s*format\s*=\s*'PARQUET'\s*,\s*write_compression\s*=\s*'SNAPPY'\s*,\s*external_location\s*=\s*'((?:[^']|'')+)'\s*(?:,\s*partitioned_by\s*=\s*ARRAY\['((?:[^']|'')+)'\]\s*)?\)\s*as\s([\s\S]+)$/i

/** Undefined for a statement of another kind. A `create table as` of another form is refused. */
export function parseCreateTableAs(sql: string): CreateTableAs | undefined {
  if (!/^\s*create\b/i.test(sql)) return undefined
  const [, database, table, location, partition, select] = text.exec(sql) ?? []
  if (!database || !table || !location || !select)
    throw new QueryFailed(
      'user',
      `only create table "database"."table" with (format, write_compression, external_location, partitioned_by of one column) as select is run, got ${sql.trim().split('\n')[0]}`,
    )
  return {
    database: database.replaceAll('""', '"').toLowerCase(),
    table: table.replaceAll('""', '"').toLowerCase(),
    location: location.replaceAll("''", "'"),
    ...(partition ? { partitionColumn: partition.replaceAll("''", "'") } : {}),
    select,
  }
}
