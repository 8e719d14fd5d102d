import { type Dataset, type Fault, faultsOf } from './dataset.ts'
import { fittingTables, isNumbered, tablesOf, takesName } from './file-name.ts'
import type { Table } from './table.ts'

/**
 * The tables that a path's name fits best, wherever it lies. The file's own name decides; where that is but a number, the
 * nearest folder's that some table has, as Spark and its like name the folder and number the files. More than one: they fit
 * equally well, and the name says nothing.
 */
export function tablesByName(tables: readonly Table[], path: string): Table[] {
  const [name = '', ...folders] = path.split('/').filter(Boolean).reverse()
  const found = fittingTables(tables, name)
  if (found.length > 0 || !isNumbered(name)) return found
  for (const folder of folders) {
    const named = fittingTables(tables, folder)
    if (named.length > 0) return named
  }
  return []
}

/** The table whose name a path has; undefined when none or several have it. */
export function routeFile(datasets: Record<string, Dataset>, path: string): Table | undefined {
  const [table, ...others] = tablesByName(tablesOf(datasets), path)
  return others.length === 0 ? table : undefined
}

/** Where a raw object's key leads: its dataset, the table that its folder names, and the path below both. */
export interface RawPlace {
  dataset: Dataset
  /** Named by the folder `raw/<folder>/<table>/`, which no name and no header overrules. */
  table?: Table
  path: string
}

/** Undefined for a key outside every dataset's folder. */
export function rawPlace(datasets: Record<string, Dataset>, key: string): RawPlace | undefined {
  const [zone, folder, ...rest] = key.split('/')
  if (zone !== 'raw' || rest.length === 0) return undefined
  const [dataset, ...others] = Object.values(datasets).filter(({ rawFolders }) => rawFolders.includes(folder ?? ''))
  if (!dataset || others.length > 0) return undefined
  const name = rest.length > 1 ? (rest[0] ?? '') : ''
  const table = Object.hasOwn(dataset.tables, name) ? dataset.tables[name] : undefined
  return table ? { dataset, table, path: rest.slice(1).join('/') } : { dataset, path: rest.join('/') }
}

/** The table that a raw object's key names, by its folder or by its name; undefined where the key alone does not say. */
export function routeKey(datasets: Record<string, Dataset>, key: string): Table | undefined {
  const place = rawPlace(datasets, key)
  if (!place) return undefined
  if (place.table) return place.table
  const { dataset, path } = place
  const [folder = ''] = path.split('/')
  if (path.includes('/') && dataset.outOfService?.[`cleaned.${folder}`] !== undefined) return undefined
  const table = routeFile({ [dataset.name]: dataset }, path)
  // What is like one table's name may be the very name of one whose contract cannot be loaded.
  return table && dataset.faults && !path.split('/').some((name) => takesName(table, name)) ? undefined : table
}

/**
 * Why a raw object that no table takes may be some table's all the same: a contract that may know it cannot be loaded. The
 * object waits until it can; it is not unroutable. Undefined where every contract that may know it was asked.
 */
export function faultFor(datasets: Record<string, Dataset>, key: string): Fault | undefined {
  const folder = key.split('/')[1] ?? ''
  const owners = Object.values(datasets).filter(({ rawFolders }) => rawFolders.includes(folder))
  if (owners.length > 0) return owners.flatMap(({ faults = [] }) => faults)[0]
  // The raw folders of a dataset whose settings cannot be loaded are not known.
  return faultsOf(datasets).find(({ table }) => table === undefined)
}
