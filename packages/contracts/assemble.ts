import type { Dataset, DatasetSpec } from './dataset.ts'
import { enrichedColumns } from './enriched.ts'
import type { TableSpec } from './table.ts'

/** A dataset from the values of its folder: `dataset.ts`, and every other file by its name. Throws when they contradict each other. */
export function assembleDataset(name: string, spec: DatasetSpec, files: Record<string, TableSpec>): Dataset {
  const dataset: Dataset = { ...spec, name, rawFolders: spec.rawFolders ?? [name], tables: {} }
  const { dateOrder, decimalSign } = spec
  const shared = { ...(dateOrder ? { dateOrder } : {}), ...(decimalSign ? { decimalSign } : {}) }
  for (const [file, table] of Object.entries(files)) {
    const tableName = file.replaceAll('-', '_')
    dataset.tables[tableName] = { ...shared, ...table, name: tableName, dataset: name }
  }
  for (const table of Object.values(dataset.tables)) if (table.enrich) enrichedColumns(dataset, table)
  return dataset
}
