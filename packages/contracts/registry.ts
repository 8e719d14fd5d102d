import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { assembleTable, checkOverlaps, tableName } from './assemble.ts'
import type { Problem } from './check.ts'
import { checkTable } from './check-table.ts'
import { checkDataset, type Dataset, type DatasetSpec, type Fault, faultsOf } from './dataset.ts'
import { checkLookups } from './enriched.ts'
import { loadFile, placed } from './load-file.ts'
import type { Table, TableSpec } from './table.ts'

/** The folders of datasets below a folder, with the names of their tables' files, sorted. */
export function listDatasets(folder: string): { name: string; tables: string[] }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => ({ name, tables: tableFiles(join(folder, name)) }))
    .filter(({ name, tables }) => tables.length > 0 || existsSync(join(folder, name, 'dataset.ts')))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const tableFiles = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !/^\.|\.test\.ts$|\.d\.ts$|^dataset\.ts$/.test(file))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()

/**
 * Every dataset below the folders: one folder per dataset, `dataset.ts` its settings, every other file a table of that name.
 * So a table is added by adding its file. A later folder's dataset replaces one of the same name.
 *
 * Never throws for what a file says: a file that cannot be loaded puts its table out of service, and `faults` of its dataset
 * say where and why.
 */
export async function loadContracts(folders: readonly string[]): Promise<Record<string, Dataset>> {
  const datasets: Record<string, Dataset> = {}
  const homes = new Map<string, string>()
  for (const folder of folders)
    for (const { name, tables } of listDatasets(folder)) {
      homes.set(name, join(folder, name))
      datasets[name] = await loadDataset(name, { home: join(folder, name), files: tables })
    }
  for (const [name, dataset] of Object.entries(datasets))
    for (const [n, folder] of dataset.rawFolders.entries()) {
      const others = Object.values(datasets).filter((other) => other !== dataset && other.rawFolders.includes(folder))
      if (others.length === 0) continue
      const text = `raw folder ${folder} belongs to ${others.map((other) => other.name).join(', ')} as well; give one of them another`
      const at = placed(join(homes.get(name) ?? '', 'dataset.ts'), { path: ['rawFolders', n], text })
      dataset.faults = [...(dataset.faults ?? []), { dataset: name, message: at }]
    }
  return datasets
}

/** As `loadContracts`, for whoever cannot do with less than all of them: throws with every fault, one per line. */
export async function loadDatasets(folder: string): Promise<Record<string, Dataset>> {
  const datasets = await loadContracts([folder])
  const faults = faultsOf(datasets)
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'))
  return datasets
}

async function loadDataset(
  name: string,
  { home, files }: { home: string; files: readonly string[] },
): Promise<Dataset> {
  const faults: Fault[] = []
  const broken = new Map<string, string>()
  const blame = (file: string, problems: readonly Problem[]) =>
    refuse(
      file,
      problems.map((problem) => placed(pathOf(file), problem)),
    )
  const pathOf = (file: string) => join(home, `${file}.ts`)
  const refuse = (file: string, messages: readonly string[]) => {
    const table = tableName(file)
    for (const message of messages) faults.push({ dataset: name, table, message })
    if (!broken.has(table)) broken.set(table, messages[0] ?? '')
  }

  const settings = await loadSettings(name, home)
  if ('messages' in settings) for (const message of settings.messages) faults.push({ dataset: name, message })
  const spec: DatasetSpec = 'spec' in settings ? settings.spec : { description: '', settleSeconds: 5 }
  const tables: Record<string, Table> = {}
  for (const file of files) {
    const own = tableName(file)
    const twin = files.find((other) => other !== file && tableName(other) === own)
    if (!/^[a-z][a-z0-9_]*$/.test(own))
      blame(file, [{ path: [], text: `table names are lower case, digits and _, got ${file}; rename the file` }])
    else if (twin) blame(file, [{ path: [], text: `${twin}.ts declares table ${own} as well; rename one of them` }])
    else {
      const loaded = await loadFile(pathOf(file))
      if ('messages' in loaded) refuse(file, loaded.messages)
      else {
        const problems = checkTable(loaded.value)
        if (problems.length > 0) blame(file, problems)
        else tables[own] = assembleTable({ name, spec }, file, loaded.value as TableSpec)
      }
    }
  }
  if ('messages' in settings) for (const own of Object.keys(tables)) broken.set(own, settings.messages[0] ?? '')
  const fileOf = (table: string) => files.find((file) => tableName(file) === table) ?? table
  const outOfService: Record<string, string> = {}
  // A table whose lookups are wrong is out of service as well, which may be what others look up.
  for (let before = -1; before !== broken.size; ) {
    before = broken.size
    for (const own of broken.keys()) delete tables[own]
    for (const [own, table] of Object.entries(tables)) {
      const lost = table.enrich?.lookups.find((lookup) => broken.has(lookup.table))
      if (lost) {
        const { enrich, ...cleaned } = table
        tables[own] = cleaned
        outOfService[`enriched.${own}`] =
          `it looks up ${lost.table}, which is out of service: ${broken.get(lost.table)}`
      } else {
        const problems = checkLookups({ name, tables }, table)
        if (problems.length > 0) blame(fileOf(own), problems)
      }
    }
  }
  for (const table of Object.values(tables))
    for (const problem of checkOverlaps({ tables }, table))
      faults.push({ dataset: name, table: table.name, message: placed(pathOf(fileOf(table.name)), problem) })
  for (const [own, why] of broken) for (const zone of ['cleaned', 'enriched']) outOfService[`${zone}.${own}`] = why
  return {
    ...spec,
    name,
    rawFolders: spec.rawFolders ?? [name],
    tables,
    ...(faults.length > 0 ? { faults } : {}),
    ...(Object.keys(outOfService).length > 0 ? { outOfService } : {}),
  }
}

async function loadSettings(name: string, home: string): Promise<{ spec: DatasetSpec } | { messages: string[] }> {
  const path = join(home, 'dataset.ts')
  const refuse = (problems: readonly Problem[]) => ({ messages: problems.map((problem) => placed(path, problem)) })
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    return refuse([{ path: [], text: `dataset names are lower case, digits and _, got ${name}; rename the folder` }])
  if (!existsSync(path))
    return refuse([{ path: [], text: 'it does not exist; a dataset needs one: export default defineDataset({ … })' }])
  const loaded = await loadFile(path)
  if ('messages' in loaded) return loaded
  const problems = checkDataset(loaded.value)
  return problems.length > 0 ? refuse(problems) : { spec: loaded.value as DatasetSpec }
}

/** The datasets that ship with droplake, by name. */
export const builtIn = await loadContracts([join(import.meta.dirname, 'datasets')])
