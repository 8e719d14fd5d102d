import { ContractError, type Problem } from './check.ts'
import type { Dataset, DatasetSpec } from './dataset.ts'
import { checkLookups } from './enriched.ts'
import { commonName } from './glob-overlap.ts'
import type { Table, TableSpec } from './table.ts'

/** The table that a file declares: `gift-cards` is gift_cards. */
export const tableName = (file: string) => file.replaceAll('-', '_')

/** The table of a file, with what its dataset says of all. */
export function assembleTable(dataset: { name: string; spec: DatasetSpec }, file: string, spec: TableSpec): Table {
  const { dateOrder, decimalSign } = dataset.spec
  const shared = { ...(dateOrder ? { dateOrder } : {}), ...(decimalSign ? { decimalSign } : {}) }
  return { ...shared, ...spec, name: tableName(file), dataset: dataset.name }
}

/** A dataset from the values of its folder: `dataset.ts`, and every other file by its name. Throws when they contradict each other. */
export function assembleDataset(name: string, spec: DatasetSpec, files: Record<string, TableSpec>): Dataset {
  const tables = Object.entries(files).map(([file, table]) => assembleTable({ name, spec }, file, table))
  const dataset: Dataset = {
    ...spec,
    name,
    rawFolders: spec.rawFolders ?? [name],
    tables: Object.fromEntries(tables.map((table) => [table.name, table])),
  }
  for (const table of tables) {
    const problems = [...checkLookups(dataset, table), ...checkOverlaps(dataset, table)]
    if (problems.length > 0) throw new ContractError(`${name}.${table.name}`, problems)
  }
  return dataset
}

/** Other tables of the dataset whose patterns take a name that this table's takes as well: such a file would be nobody's. */
export function checkOverlaps(dataset: Pick<Dataset, 'tables'>, table: Table): Problem[] {
  return Object.values(dataset.tables).flatMap((other): Problem[] => {
    const both = other.name === table.name ? undefined : commonName(table.files, other.files)
    if (both === undefined) return []
    const text = `files "${table.files}" overlaps "${other.files}" of ${other.name}, both take ${both}; narrow one of them`
    return [{ path: ['files'], text }]
  })
}
