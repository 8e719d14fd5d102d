import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { routeFile } from '@droplake/contracts/route'
import type { ObjectStore } from '@droplake/lake/object-store'
import { UsageError } from './usage-error.ts'

/** A file and where it goes; without a dataset no contract takes it. */
export interface DroppedFile {
  path: string
  /** bytes */
  size: number
  key: string
  dataset: string | null
  table: string | null
}

/** An object that a file was put as. */
export type PutObject = Pick<DroppedFile, 'key' | 'dataset' | 'table'> & {
  version: string
  /** Id of the source that it is pending as. */
  source?: string
}

/** The files that paths mean, each with its key under `raw/`. Throws `UsageError` for what cannot be dropped, before anything is. */
export function droppedFiles(
  datasets: Record<string, Dataset>,
  { paths, ...named }: { paths: readonly string[]; dataset?: string; table?: string },
): DroppedFile[] {
  return paths
    .flatMap(filesOf)
    .map((path) => ({ path, size: statSync(path).size, ...target(datasets, basename(path), named) }))
}

/** A file, or every file below a folder; names that begin with a dot are left out. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`drop: no file or folder ${path}; give the path of a file that exists`)
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !relative(path, join(entry.parentPath, entry.name))
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw new UsageError(`drop: the folder ${path} holds no files; give a folder with files`)
  return files
}

function target(
  datasets: Record<string, Dataset>,
  name: string,
  { dataset, table }: { dataset?: string; table?: string },
): Pick<DroppedFile, 'key' | 'dataset' | 'table'> {
  const list = Object.keys(datasets).join(', ')
  if (table && !dataset) throw new UsageError(`drop: --table ${table} needs --dataset; the datasets are ${list}`)
  const given = dataset === undefined ? undefined : datasets[dataset]
  if (dataset && !given) throw new UsageError(`drop: no dataset ${dataset}; the datasets are ${list}`)
  if (given && table) {
    if (!given.tables[table])
      throw new UsageError(
        `drop: ${given.name} has no table ${table}; its tables are ${Object.keys(given.tables).join(', ')}`,
      )
    return { key: `raw/${given.rawFolders[0]}/${table}/${name}`, dataset: given.name, table }
  }
  const routed = routeFile(given ? { [given.name]: given } : datasets, name)
  const folder = routed ? datasets[routed.dataset]?.rawFolders[0] : (given?.rawFolders[0] ?? 'unrouted')
  return { key: `raw/${folder}/${name}`, dataset: routed?.dataset ?? null, table: routed?.name ?? null }
}

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
