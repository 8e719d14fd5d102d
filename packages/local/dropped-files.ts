import { type FileHandle, open } from 'node:fs/promises'
import { basename, resolve, sep } from 'node:path'
import type { FileBytes } from '@droplake/columnar/file-bytes'
import { type Dataset, tableNamesOf } from '@droplake/contracts/dataset'
import { choices } from '@droplake/contracts/did-you-mean'
import { fittingTables, isNumbered, tablesOf } from '@droplake/contracts/file-name'
import { recognize, trusted, type Unroutable } from '@droplake/pipeline/recognize'
import type { LeftOutPath } from './dropped-paths.ts'
import { UsageError } from './usage-error.ts'

/** A file and where it goes; without a dataset no contract takes it. */
export interface DroppedFile {
  path: string
  /** bytes */
  size: number
  key: string
  dataset: string | null
  /** What no table takes of it: the file itself, or members of the archive that it is. */
  unroutable: Unroutable[]
}

interface Named {
  dataset?: string
  table?: string
}

/**
 * The keys under `raw/` of files. What cannot be read after all goes to `leftOut`. Throws `UsageError` where the dataset or
 * the table that was named does not exist.
 */
export async function droppedFiles(
  datasets: Record<string, Dataset>,
  files: readonly { path: string; size: number; key?: string }[],
  { leftOut, ...named }: Named & { leftOut: LeftOutPath[] },
): Promise<DroppedFile[]> {
  const given = givenDataset(datasets, named)
  const dropped: DroppedFile[] = []
  for (const file of files)
    try {
      dropped.push({ ...file, ...(await target(datasets, file, { given, table: named.table })) })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      leftOut.push({ path: file.path, reason: `it cannot be read (${code})` })
    }
  return dropped
}

function givenDataset(datasets: Record<string, Dataset>, { dataset, table }: Named): Dataset | undefined {
  const list = Object.keys(datasets)
  if (table !== undefined && dataset === undefined)
    throw new UsageError(`drop: --table ${table} needs --dataset; the datasets are ${list.join(', ')}`)
  if (dataset === undefined) return undefined
  const given = Object.hasOwn(datasets, dataset) ? datasets[dataset] : undefined
  if (!given) throw new UsageError(`drop: no dataset ${dataset}${choices(dataset, list)}`)
  if (table === undefined) return given
  // A table that is out of service is there; its files wait.
  const tables = tableNamesOf(given)
  if (!tables.includes(table))
    throw new UsageError(`drop: ${given.name} has no table ${table}${choices(table, tables)}`)
  return given
}

async function target(
  datasets: Record<string, Dataset>,
  { path, size, key }: { path: string; size: number; key?: string },
  { given, table }: { given: Dataset | undefined; table: string | undefined },
): Promise<Pick<DroppedFile, 'key' | 'dataset' | 'unroutable'>> {
  if (given && table !== undefined)
    return { key: `raw/${given.rawFolders[0]}/${table}/${basename(path)}`, dataset: given.name, unroutable: [] }
  const among = given ? { [given.name]: given } : datasets
  // It lay under that key in another lake.
  const owner = key && Object.values(among).find(({ rawFolders }) => rawFolders.includes(key.split('/')[1] ?? ''))
  if (owner) return { key, dataset: owner.name, unroutable: [] }
  const place = placeOf(Object.values(among), path)
  await using file = await open(path)
  const found = trusted(among, place, await recognize(tablesOf(among), { path: place }, fileBytes(file, size)))
  const takers = found.parts.map((part) => part.table.dataset)
  // What may belong to a contract that cannot be loaded waits in that dataset's folder.
  const routed = mostFrequent(takers) ?? found.waiting?.dataset ?? null
  const folder = routed ? datasets[routed]?.rawFolders[0] : (given?.rawFolders[0] ?? 'unrouted')
  return { key: `raw/${folder}/${place}`, dataset: routed, unroutable: found.unroutable }
}

/** The file's name; of one that is but numbered with its folder's, where tables know that. Folders of partitions are passed over. */
function placeOf(datasets: readonly Dataset[], path: string): string {
  const [name = '', ...folders] = resolve(path).split(sep).reverse()
  if (!isNumbered(name)) return name
  const tables = datasets.flatMap((dataset) => Object.values(dataset.tables))
  const depth = folders.findIndex((folder) => !/^[^=]+=/.test(folder))
  const isNamed = fittingTables(tables, folders[depth] ?? '').length > 0
  return [name, ...(isNamed ? folders.slice(0, depth + 1) : [])].reverse().join('/')
}

const mostFrequent = (names: readonly string[]) => {
  const counts = Map.groupBy(names, (name) => name)
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

const fileBytes = (file: FileHandle, size: number): FileBytes => ({
  size,
  read: async ({ start, end }) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, Math.min(end, size) - start)), {
      position: start,
    })
    return buffer.subarray(0, bytesRead)
  },
})
