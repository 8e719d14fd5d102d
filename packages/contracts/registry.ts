import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assembleDataset } from './assemble.ts'
import type { Dataset, DatasetSpec } from './dataset.ts'
import type { TableSpec } from './table.ts'

/** The folders of datasets below a folder, with the names of their tables' files, sorted. */
export function listDatasets(folder: string): { name: string; tables: string[] }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, tables: tableFiles(join(folder, name)) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const tableFiles = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'dataset.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()

/**
 * Every dataset below a folder: one folder a dataset, `dataset.ts` its settings, every other file a table of that name.
 * So a table is added by adding its file.
 */
export async function loadDatasets(folder: string): Promise<Record<string, Dataset>> {
  const datasets: Record<string, Dataset> = {}
  for (const { name, tables } of listDatasets(folder)) {
    const read = async (file: string) => (await import(pathToFileURL(join(folder, name, `${file}.ts`)).href)).default
    const specs: Record<string, TableSpec> = {}
    for (const table of tables) specs[table] = await read(table)
    datasets[name] = assembleDataset(name, (await read('dataset')) as DatasetSpec, specs)
  }
  return datasets
}

/** The datasets that ship with droplake, by name. */
export const builtIn = await loadDatasets(join(import.meta.dirname, 'datasets'))
