import type { Dataset } from './dataset.ts'
import type { Columns, Table } from './table.ts'

/** Columns of the enriched table: the cleaned table's, then what its lookups take. Throws when they contradict the dataset. */
export function enrichedColumns(dataset: Dataset, table: Table): Columns {
  const columns: Columns = { ...table.columns }
  const fail = (what: string): never => {
    throw new Error(`contracts: ${dataset.name}.${table.name}: ${what}`)
  }
  for (const { table: name, on, take } of table.enrich?.lookups ?? []) {
    const other = dataset.tables[name] ?? fail(`it looks up ${name}, which is no table of the dataset`)
    for (const own of Object.keys(on))
      if (!columns[own]) fail(`the lookup of ${name} is by ${own}, which is no column yet`)
    if ([...Object.values(on)].sort().join() !== [...other.key].sort().join())
      fail(`the lookup of ${name} must be by its key ${other.key.join(', ')}`)
    for (const [column, theirs] of Object.entries(take)) {
      const found = other.columns[theirs] ?? fail(`${name} has no column ${theirs}`)
      if (columns[column]) fail(`${column} is a column already`)
      columns[column] = {
        type: found.type,
        required: false,
        ...(found.description ? { description: found.description } : {}),
        ...(found.personal ? { personal: true } : {}),
      }
    }
  }
  const of = table.enrich?.partition?.of
  if (of !== undefined && columns[of]?.type.kind !== 'timestamp' && columns[of]?.type.kind !== 'date')
    fail(`the enriched table is partitioned by ${of}, which is no timestamp or date`)
  return columns
}

/** How the enriched table is partitioned. */
export const enrichedPartition = (table: Table) => table.enrich?.partition ?? table.partition
