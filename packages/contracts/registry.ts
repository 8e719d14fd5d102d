import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Dataset, DatasetSpec } from './dataset.ts'
import { enrichedColumns } from './enriched.ts'
import type { TableSpec } from './table.ts'

/**
 * Every dataset below a folder: one folder a dataset, `dataset.ts` its settings, every other file a table of that name.
 * So a table is added by adding its file.
 */
export async function loadDatasets(folder: string): Promise<Record<string, Dataset>> {
  const datasets: Record<string, Dataset> = {}
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory()) continue
    const name = entry.name
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    const read = async (file: string) => (await import(pathToFileURL(join(folder, name, file)).href)).default
    const spec = (await read('dataset.ts')) as DatasetSpec
    const dataset: Dataset = { ...spec, name, rawFolders: spec.rawFolders ?? [name], tables: {} }
    for (const file of files.sort()) {
      if (file === 'dataset.ts') continue
      const table = file.slice(0, -'.ts'.length).replaceAll('-', '_')
      dataset.tables[table] = { ...((await read(file)) as TableSpec), name: table, dataset: name }
    }
    for (const table of Object.values(dataset.tables)) if (table.enrich) enrichedColumns(dataset, table)
    datasets[name] = dataset
  }
  return datasets
}

/** The datasets that ship with droplake, by name. */
export const builtIn = await loadDatasets(join(import.meta.dirname, 'datasets'))
