import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Column, Partition, PartitionInput, Table, TableInput } from '@aws-sdk/client-glue'
import type { CatalogPartition, CatalogTable } from './catalog.ts'
import { columnType, glueType } from './glue-types.ts'

/** What droplake writes down beside Glue's own fields. */
export const parameter = {
  /** The dataset, which a name alone does not tell: prefixes of stages may begin alike. */
  dataset: 'droplake.dataset',
  /** Log entry whose state names the table; absent from what is only registered. */
  seq: 'droplake.seq',
  /** All partitions of a table whose partitions never change one by one: JSON, deflated, base64. */
  partitions: 'droplake.partitions',
  /** Names of a partition's files: a JSON array. */
  files: 'droplake.files',
  /** A description as a whole, where Glue's field is too short for it. */
  description: 'droplake.description',
  /** `database.table` that a view shows. */
  target: 'droplake.target',
} as const

/** Hive's name, from which Athena plans. */
const rows = 'numRows'

export interface Place {
  dataset: string
  databasePrefix: string
  /** From a key, or a prefix that ends with `/`, to its URI. */
  locate(key: string): string
}

const parquet = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  SerdeInfo: {
    SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    Parameters: { 'serialization.format': '1' },
  },
}

/** An external Parquet table. With `seq` it is part of a state, otherwise registered beside it. */
export function tableInput(table: CatalogTable, place: Place, seq?: number): TableInput {
  if (table.columns.length === 0)
    throw new Error(`catalog: ${table.database}.${table.name} has no columns; cast those of a type that tables lack`)
  const isWhole = seq === undefined || table.partitionColumn === undefined
  const [only] = table.partitionColumn === undefined ? table.partitions : []
  return {
    Name: table.name,
    ...described(table.description ?? ''),
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      [parameter.dataset]: place.dataset,
      ...(seq === undefined ? {} : { [parameter.seq]: String(seq) }),
      ...(isWhole ? { [parameter.partitions]: pack(table.partitions) } : {}),
      ...(only ? { [rows]: String(only.rows) } : {}),
      ...overlong(table.description ?? '', tableComment),
    },
    PartitionKeys: table.partitionColumn === undefined ? [] : [{ Name: table.partitionColumn, Type: 'string' }],
    StorageDescriptor: {
      Columns: columnsInput(table),
      Location: place.locate(only ? only.location : emptyFolder(table, place)),
      ...parquet,
    },
  }
}

export function partitionInput(table: CatalogTable, partition: CatalogPartition, place: Place): PartitionInput {
  const names = partition.files.map((file) => {
    if (file.startsWith(partition.location)) return file.slice(partition.location.length)
    throw new Error(`catalog: a file lies in its partition's folder ${partition.location}, got ${file}`)
  })
  return {
    Values: [partition.value],
    Parameters: { [parameter.files]: JSON.stringify(names), [rows]: String(partition.rows) },
    StorageDescriptor: { Columns: columnsInput(table), Location: place.locate(partition.location), ...parquet },
  }
}

/** Where a table without files of its own points: a folder in which nothing ever is. */
function emptyFolder(table: CatalogTable, { dataset, databasePrefix }: Place): string {
  const zone = table.database.slice(`${databasePrefix}${dataset}_`.length)
  return `${zone === 'build' ? 'curated' : zone}/${dataset}/${table.name}/_empty/`
}

/** Whether it is a table as droplake, or a statement of Athena's, makes it. */
export const isParquet = ({ TableType, StorageDescriptor }: Table) =>
  TableType === 'EXTERNAL_TABLE' && StorageDescriptor?.InputFormat === parquet.InputFormat

/** The table, without partitions that stand elsewhere. Undefined for what is no Parquet table, or has other types. */
export function catalogTable(table: Table): CatalogTable | undefined {
  const { Name = '', DatabaseName = '', StorageDescriptor = {}, PartitionKeys = [] } = table
  if (!isParquet(table)) return undefined
  const columns: CatalogTable['columns'] = []
  for (const column of StorageDescriptor.Columns ?? []) {
    const type = columnType(column.Type ?? '')
    if (!type) return undefined
    const description = column.Parameters?.[parameter.description] ?? column.Comment
    columns.push({ name: column.Name ?? '', type, ...(description ? { description } : {}) })
  }
  const description = table.Parameters?.[parameter.description] ?? table.Description
  const [key] = PartitionKeys
  return {
    database: DatabaseName,
    name: Name,
    ...(description ? { description } : {}),
    columns,
    ...(key?.Name ? { partitionColumn: key.Name } : {}),
    partitions: unpack(table.Parameters?.[parameter.partitions]),
  }
}

/** @param keyOf from URI to key prefix */
export function catalogPartition(partition: Partition, keyOf: (uri: string) => string): CatalogPartition {
  const location = keyOf(partition.StorageDescriptor?.Location ?? '')
  const names: string[] = JSON.parse(partition.Parameters?.[parameter.files] ?? '[]')
  return {
    value: partition.Values?.[0] ?? '',
    location,
    files: names.map((name) => location + name),
    rows: Number(partition.Parameters?.[rows] ?? 0),
  }
}

/** Log entry that wrote the table or view, -1 for what no state named yet. */
export const seqOf = (table: Table | undefined) => Number(table?.Parameters?.[parameter.seq] ?? -1)

const tableComment = 2_048
const columnComment = 255

const columnsInput = ({ columns }: CatalogTable): Column[] =>
  columns.map(({ name, type, description = '' }) => {
    // Glue takes a single line.
    const line = fit(description.replace(/\s+/g, ' '), columnComment)
    return {
      Name: name,
      Type: glueType(type),
      ...(line ? { Comment: line } : {}),
      ...(line === description ? {} : { Parameters: { [parameter.description]: description } }),
    }
  })

const described = (text: string) => (text ? { Description: fit(text, tableComment) } : {})
const overlong = (text: string, bytes: number) => (fit(text, bytes) === text ? {} : { [parameter.description]: text })

function fit(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const cut = Buffer.from(text).subarray(0, bytes - Buffer.byteLength('…'))
  return `${new TextDecoder().decode(cut).replace(/\u{fffd}+$/u, '')}…`
}

const pack = (partitions: readonly CatalogPartition[]) => deflateRawSync(JSON.stringify(partitions)).toString('base64')
const unpack = (packed: string | undefined): CatalogPartition[] =>
  packed ? JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()) : []
