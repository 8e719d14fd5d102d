import type { BigIntStats, Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { code, inBatches } from './file-io.ts'
import { compareKeys } from './object-key.ts'
import type { ListedObject, ObjectInfo } from './object-store.ts'

/** A file as an object: its version is inode, size and modification time in nanoseconds. */
export function infoOf(key: string, found: BigIntStats): ObjectInfo {
  const version = `${found.ino}-${found.size}-${found.mtimeNs}`
  return { key, size: Number(found.size), etag: version, version, lastModified: Number(found.mtimeNs / 1_000_000n) }
}

/**
 * Every file below a folder whose key begins with `prefix`, in key order, from the first key greater than `after`.
 *
 * Siblings are sorted with a `/` after each folder's name, which makes folder-by-folder order the order of whole keys.
 * Hidden names are left out; what vanishes meanwhile is left out; anything else that fails is thrown.
 */
export async function* listFolder(root: string, prefix: string, after?: string): AsyncGenerator<ListedObject> {
  yield* walk(prefix.slice(0, prefix.lastIndexOf('/') + 1))

  /** @param folder '' or a key that ends with `/` */
  async function* walk(folder: string): AsyncGenerator<ListedObject> {
    const names = (await entries(join(root, folder))).map(({ name, isFolder }) => ({
      key: folder + name + (isFolder ? '/' : ''),
      isFolder,
    }))
    const wanted = names
      .filter((entry) => entry.key.startsWith(prefix) && !isPast(entry))
      .sort((a, b) => compareKeys(a.key, b.key))
    let files: string[] = []
    for (const { key, isFolder } of wanted) {
      if (!isFolder) files.push(key)
      if (isFolder || files.length === batch) {
        yield* describe(files)
        files = []
      }
      if (isFolder) yield* walk(key)
    }
    yield* describe(files)
  }

  function isPast({ key, isFolder }: { key: string; isFolder: boolean }): boolean {
    if (after === undefined || (isFolder && after.startsWith(key))) return false
    return compareKeys(key, after) <= 0
  }

  async function* describe(keys: readonly string[]): AsyncGenerator<ListedObject> {
    const found = await inBatches(keys, batch, (key) => statIfThere(join(root, key)))
    for (const [index, stats] of found.entries()) if (stats?.isFile()) yield listed(infoOf(keys[index] ?? '', stats))
  }
}

const batch = 64

const listed = ({ key, size, etag, lastModified }: ObjectInfo): ListedObject => ({ key, size, etag, lastModified })

async function entries(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const found: { name: string; isFolder: boolean }[] = []
  for (const entry of await readFolder(folder)) {
    if (entry.name.startsWith('.')) continue
    if (entry.isSymbolicLink()) {
      const target = await statIfThere(join(folder, entry.name))
      if (target) found.push({ name: entry.name, isFolder: target.isDirectory() })
    } else if (entry.isDirectory() || entry.isFile()) found.push({ name: entry.name, isFolder: entry.isDirectory() })
  }
  return found
}

async function readFolder(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') return []
    throw error
  }
}

async function statIfThere(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true })
  } catch (error) {
    if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') return undefined
    throw error
  }
}
