import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ColumnType, sqlType } from '@droplake/contracts/column'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import type { CreateTableAs } from './create-table-as.ts'
import { syncFolder } from './file-io.ts'
import type { ObjectStore } from './object-store.ts'
import { quoteName, quoteText } from './private-views.ts'
import { QueryFailed } from './query-engine.ts'

/** Athena's limit of partitions that one statement may write. */
const maxPartitions = 100

/**
 * Runs the translated select of a `create table as` into Parquet files as Athena writes them, and tells the table.
 * What a failure leaves behind is deleted.
 *
 * @param select in DuckDB's dialect
 */
export async function writeTable(
  connection: DuckDBConnection,
  { request, select, store, sync }: { request: CreateTableAs; select: string; store: ObjectStore; sync: boolean },
): Promise<CatalogTable> {
  const { partitionColumn } = request
  const prefix = keyOf(store, request.location)
  for await (const info of store.list(prefix))
    throw new QueryFailed('user', `HIVE_PATH_ALREADY_EXISTS: ${request.location} holds ${info.key}`)
  const columns = await resultColumns(connection, select, partitionColumn)
  try {
    const files = await copy(connection, { columns, select, partitionColumn, folder: store.locate(prefix) })
    const values = new Set(files.map((file) => file.value))
    if (values.size > maxPartitions)
      throw new QueryFailed(
        'user',
        `HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of ${maxPartitions} open writers for partitions, got ${values.size}`,
      )
    if (sync) for (const file of files) await syncFile(file.path)
    const partitions = [...values].sort().map((value): CatalogPartition => {
      const own = files.filter((file) => file.value === value)
      const keys = own.map((file) => keyOf(store, file.path).slice(0, -1)).sort()
      const location = (keys[0] ?? '').slice(0, (keys[0] ?? '').lastIndexOf('/') + 1)
      return { value, location, files: keys, rows: own.reduce((sum, file) => sum + file.rows, 0) }
    })
    return {
      database: request.database,
      name: request.table,
      columns: columns.filter((column) => column.name !== partitionColumn).map(({ name, type }) => ({ name, type })),
      ...(partitionColumn === undefined ? {} : { partitionColumn }),
      partitions,
    }
  } catch (error) {
    const left: string[] = []
    for await (const info of store.list(prefix)) left.push(info.key)
    await store.delete(left)
    throw error
  }
}

/** Object key prefix of a folder that `locate` named, ending with `/`. */
function keyOf(store: ObjectStore, location: string): string {
  const root = store.locate('').replace(/\/*$/, '/')
  if (!location.startsWith(root))
    throw new QueryFailed('user', `external_location must lie in ${root}, got ${location}`)
  return `${location.slice(root.length).replace(/\/+$/, '')}/`
}

interface ResultColumn {
  name: string
  type: ColumnType
}

async function resultColumns(
  connection: DuckDBConnection,
  select: string,
  partitionColumn?: string,
): Promise<ResultColumn[]> {
  const prepared = await connection.prepare(select)
  const columns = Array.from({ length: prepared.columnCount }, (_, i) => {
    const name = prepared.columnName(i).toLowerCase()
    return { name, type: storedType(name, String(prepared.columnType(i))) }
  })
  prepared.destroySync()
  const names = columns.map((column) => column.name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new QueryFailed('user', `column ${twice} stands twice in the result; rename one`)
  if (partitionColumn === undefined) return columns
  const last = columns.at(-1)
  if (last?.name !== partitionColumn)
    throw new QueryFailed(
      'user',
      `partition column ${partitionColumn} must be the last column, got ${names.join(', ')}`,
    )
  if (last.type.kind !== 'text')
    throw new QueryFailed(
      'user',
      `partition column ${partitionColumn} must be text, got ${sqlType(last.type)}; cast it to varchar`,
    )
  if (columns.length === 1)
    throw new QueryFailed('user', `a table needs a column beside its partition ${partitionColumn}`)
  return columns
}

/** What Athena would write for a result of this DuckDB type. */
function storedType(name: string, type: string): ColumnType {
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? []
  if (precision !== undefined) return { kind: 'decimal', precision: Number(precision), scale: Number(scale) }
  const kind = kinds[type]
  if (kind === undefined)
    throw new QueryFailed('user', `column ${name} has type ${type.toLowerCase()}, which a table cannot hold; cast it`)
  return { kind }
}

const kinds: Record<string, Exclude<ColumnType['kind'], 'decimal'>> = {
  VARCHAR: 'text',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  DOUBLE: 'double',
  FLOAT: 'double',
  TINYINT: 'int',
  UTINYINT: 'int',
  SMALLINT: 'int',
  USMALLINT: 'int',
  INTEGER: 'int',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'bigint',
  HUGEINT: 'bigint',
}

interface WrittenFile {
  path: string
  rows: number
  /** Of the partition, '' without. */
  value: string
}

async function copy(
  connection: DuckDBConnection,
  options: { columns: ResultColumn[]; select: string; partitionColumn: string | undefined; folder: string },
): Promise<WrittenFile[]> {
  const { columns, select, partitionColumn, folder } = options
  const casts = columns.map(({ name, type }) => {
    const column = quoteName(name)
    if (name === partitionColumn)
      return `case when ${column} is null or ${column} = '' then error(${quoteText(`partition column ${name} is null or empty in a row`)}) else ${column} end as ${column}`
    return `cast(${column} as ${type.kind === 'timestamp' ? 'timestamp_ms' : sqlType(type)}) as ${column}`
  })
  const base = folder.replace(/\/*$/, '')
  // Row groups of this size, and the flush threshold of the engine, bound what many open partitions hold.
  const parquet = 'format parquet, compression snappy, row_group_size 32768, return_stats'
  await mkdir(partitionColumn === undefined ? base : dirname(base), { recursive: true })
  const target =
    partitionColumn === undefined
      ? `${quoteText(`${base}/part-0.parquet`)} (${parquet})`
      : `${quoteText(base)} (${parquet}, partition_by (${quoteName(partitionColumn)}), filename_pattern 'part-{i}')`
  const result = await connection.runAndReadAll(
    `copy (select ${casts.join(', ')} from (${select}) as "_result") to ${target}`,
  )
  const names = result.columnNames()
  const at = (name: string) => names.indexOf(name)
  return result.getRowsJson().map((row) => ({
    path: String(row[at('filename')]),
    rows: Number(row[at('count')]),
    value: partitionValue(row[at('partition_keys')]),
  }))
}

/** DuckDB tells a map as `[{key, value}]`. */
function partitionValue(keys: unknown): string {
  const [entry] = Array.isArray(keys) ? keys : []
  return typeof entry?.value === 'string' ? entry.value : ''
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await syncFolder(dirname(path))
}
