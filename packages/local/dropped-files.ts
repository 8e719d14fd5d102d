import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { FileBytes } from '@droplake/columnar/file-bytes'
import type { Dataset } from '@droplake/contracts/dataset'
import { fittingTables, isLitter, isNumbered, tablesOf } from '@droplake/contracts/file-name'
import type { ObjectStore } from '@droplake/lake/object-store'
import { recognize, type Unroutable } from '@droplake/pipeline/recognize'
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

/** The files that paths mean, each with its key under `raw/`. Throws `UsageError` for what cannot be dropped, before anything is. */
export async function droppedFiles(
  datasets: Record<string, Dataset>,
  { paths, ...named }: { paths: readonly string[]; dataset?: string; table?: string },
): Promise<DroppedFile[]> {
  const files: DroppedFile[] = []
  for (const path of paths.flatMap(filesOf)) files.push(await target(datasets, path, named))
  return files
}

/** A file, or every file below a folder; names that begin with a dot are left out. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`drop: no file or folder ${path}; give the path of a file that exists`)
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !isLitter(relative(path, join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw new UsageError(`drop: the folder ${path} holds no files; give a folder with files`)
  return files
}

async function target(
  datasets: Record<string, Dataset>,
  path: string,
  { dataset, table }: { dataset?: string; table?: string },
): Promise<DroppedFile> {
  const list = Object.keys(datasets).join(', ')
  if (table && !dataset) throw new UsageError(`drop: --table ${table} needs --dataset; the datasets are ${list}`)
  const given = dataset !== undefined && Object.hasOwn(datasets, dataset) ? datasets[dataset] : undefined
  if (dataset && !given) throw new UsageError(`drop: no dataset ${dataset}; the datasets are ${list}`)
  const name = basename(path)
  const { size } = statSync(path)
  if (given && table) {
    if (!Object.hasOwn(given.tables, table))
      throw new UsageError(
        `drop: ${given.name} has no table ${table}; its tables are ${Object.keys(given.tables).join(', ')}`,
      )
    return { path, size, key: `raw/${given.rawFolders[0]}/${table}/${name}`, dataset: given.name, unroutable: [] }
  }
  const place = placeOf(given ? [given] : Object.values(datasets), path)
  await using file = await open(path)
  const found = await recognize(
    tablesOf(given ? { [given.name]: given } : datasets),
    { path: place },
    fileBytes(file, size),
  )
  const takers = found.parts.map((part) => part.table.dataset)
  const routed = mostFrequent(takers) ?? null
  const folder = routed ? datasets[routed]?.rawFolders[0] : (given?.rawFolders[0] ?? 'unrouted')
  return { path, size, key: `raw/${folder}/${place}`, dataset: routed, unroutable: found.unroutable }
}

/** The file's name; where the folder's name is what tables know, with its folder. */
function placeOf(datasets: readonly Dataset[], path: string): string {
  const [name = '', ...folders] = resolve(path).split(sep).reverse()
  if (!isNumbered(name)) return name
  const tables = datasets.flatMap((dataset) => Object.values(dataset.tables))
  const depth = folders.findIndex((folder) => fittingTables(tables, folder).length > 0)
  return [name, ...folders.slice(0, depth + 1)].reverse().join('/')
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

/** Puts the file under its key; returns the object's version and SHA-256; undefined, and no object, once the signal fires. */
export async function upload(
  store: ObjectStore,
  { path, key }: Pick<DroppedFile, 'path' | 'key'>,
  signal?: AbortSignal,
): Promise<{ version: string; digest: string } | undefined> {
  if (signal?.aborted) return undefined
  const writer = await store.writer(key)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      if (signal?.aborted) {
        await writer.abort()
        return undefined
      }
      hash.update(chunk as Uint8Array)
      await writer.write(chunk as Uint8Array)
    }
    const { version } = await writer.close()
    return { version, digest: hash.digest('hex') }
  } catch (error) {
    await writer.abort()
    throw error
  }
}
