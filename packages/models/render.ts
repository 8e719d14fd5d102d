import type { Model, Query, ResolveName } from './model.ts'
import { qualifiedName, quoteName, quoteText } from './quote.ts'

/** Athena writes at most this many partitions a statement. */
const partitionLimit = 100

/** A table to create, with the partition values that go into it; without them all rows do. */
export interface TableBatch {
  table: string
  /** `s3://bucket/prefix/` or a folder; ends with `/`, holds nothing yet. */
  location: string
  partitions?: string[]
}

/**
 * The select with its tables' real names; everything else stays as it was written. A table without an alias gets its own
 * name as one, so that `orders.order_id` goes on to mean the same.
 */
export function renderSelect({ select, references }: Pick<Model | Query, 'select' | 'references'>, names: ResolveName) {
  const points = [...select]
  let text = ''
  let at = 0
  for (const { zone, name, start, end, aliased } of references) {
    text += points.slice(at, start).join('') + names(zone, name) + (aliased ? '' : ` as ${quoteName(name)}`)
    at = end
  }
  return text + points.slice(at).join('')
}

/**
 * Splits a build into tables that Athena can write: the table itself, or for more than 100 partition values
 * `<table>_b1` in `<location>b1/`, `<table>_b2` and so on.
 */
export function tableBatches({ table, location, partitions }: TableBatch): TableBatch[] {
  if (!location.endsWith('/')) throw new Error(`models: a location ends with /, got ${location}`)
  if (!partitions || partitions.length <= partitionLimit)
    return [partitions ? { table, location, partitions } : { table, location }]
  const count = Math.ceil(partitions.length / partitionLimit)
  return Array.from({ length: count }, (_, index) => ({
    table: `${table}_b${index + 1}`,
    location: `${location}b${index + 1}/`,
    partitions: partitions.slice(index * partitionLimit, (index + 1) * partitionLimit),
  }))
}

/**
 * The statements that build a model's version, one for each of `tableBatches`. `select` is rendered already. A full
 * build of a partitioned model asks for its values first (`renderPartitionValues`); no values give an empty table.
 */
export function renderCreateTableAs(
  options: TableBatch & { database: string; select: string; partitionColumn?: string },
): string[] {
  const { database, table, location, select, partitionColumn, partitions } = options
  if (partitions && partitionColumn === undefined)
    throw new Error(
      `models: ${table} has no partition column, got ${partitions.length} partition values; leave them out`,
    )
  return tableBatches({ table, location, ...(partitions ? { partitions } : {}) }).map((batch) => {
    const properties = [
      `format = 'PARQUET'`,
      `write_compression = 'SNAPPY'`,
      `external_location = ${quoteText(batch.location)}`,
      ...(partitionColumn === undefined ? [] : [`partitioned_by = ARRAY[${quoteText(partitionColumn)}]`]),
    ]
    const rows = batch.partitions ? selectPartitions(select, partitionColumn!, batch.partitions) : select
    return `CREATE TABLE ${qualifiedName(database, batch.table)} WITH (${properties.join(', ')}) AS\n${rows}`
  })
}

/** The distinct values of a partition column in a rendered select, one text column, sorted; read by `partitionValues`. */
export function renderPartitionValues(select: string, partitionColumn: string): string {
  return `select distinct ${quoteName(partitionColumn)} from (\n${select}\n) order by 1`
}

/** The answer to `renderPartitionValues`. A row without a value has no partition to be in, which is an error. */
export function partitionValues(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map(([value]) => {
    if (typeof value === 'string' && value !== '') return value
    throw new Error(
      `models: a partition value is a text, got ${value === '' ? "''" : value}; coalesce it in the select`,
    )
  })
}

function selectPartitions(select: string, column: string, values: readonly string[]): string {
  const condition = values.length === 0 ? 'false' : `${quoteName(column)} in (${values.map(quoteText).join(', ')})`
  return `select * from (\n${select}\n) where ${condition}`
}
