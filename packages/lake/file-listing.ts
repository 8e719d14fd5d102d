import { isUtf8 } from 'node:buffer'
import type { BigIntStats, Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { code, inBatches } from './file-io.ts'
import { compareKeys, isKey, refusal } from './object-key.ts'
import type { ListedObject, ListOptions, ObjectInfo } from './object-store.ts'

/** A file as an object: its version is inode, size and modification time in nanoseconds. */
export function infoOf(key: string, found: BigIntStats): ObjectInfo {
  const version = `${found.ino}-${found.size}-${found.mtimeNs}`
  const [lastModified, changedAt] = [milliseconds(found.mtimeNs), milliseconds(found.ctimeNs)]
  return { key, size: Number(found.size), etag: version, version, lastModified, changedAt }
}

/** A version as `infoOf` names it, read back from the name; undefined for any other name. */
export function infoOfVersion(key: string, version: string): ObjectInfo | undefined {
  const [, size, mtimeNs] = /^\d+-(\d+)-(-?\d+)$/.exec(version) ?? []
  if (size === undefined || mtimeNs === undefined) return undefined
  const lastModified = milliseconds(BigInt(mtimeNs))
  return { key, size: Number(size), etag: version, version, lastModified, changedAt: lastModified }
}

const milliseconds = (ns: bigint) => Number(ns / 1_000_000n)

/**
 * Every file below a folder whose key begins with `prefix`, in key order, from the first key greater than `after`.
 *
 * Siblings are sorted with a `/` after each folder's name, which makes folder-by-folder order the order of whole keys.
 * Links below the root are never followed: they could lead out of it, or round in a circle. Hidden names are left out; what
 * vanishes meanwhile is left out; anything else that fails is thrown, or handed to `onLeftOut` where it is given.
 */
export async function* listFolder(
  root: string,
  prefix: string,
  { after, onLeftOut }: ListOptions = {},
): AsyncGenerator<ListedObject> {
  const top = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const link = await linkOnTheWay(root, top)
  if (link === undefined) yield* walk(top)
  else onLeftOut?.({ name: link, reason: kinds.link })

  /** @param folder '' or a key that ends with `/` */
  async function* walk(folder: string): AsyncGenerator<ListedObject> {
    const wanted = (await entries(folder))
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

  async function entries(folder: string): Promise<{ key: string; isFolder: boolean }[]> {
    const found: { key: string; isFolder: boolean }[] = []
    for (const entry of await readFolder(folder)) {
      const name = entry.name.toString()
      if (name.startsWith('.')) continue
      const key = folder + name
      const reason = reasonAgainst(entry)
      if (reason === undefined)
        found.push({ key: entry.isDirectory() ? `${key}/` : key, isFolder: entry.isDirectory() })
      else if (key.startsWith(prefix)) onLeftOut?.({ name: key, reason })
    }
    return found
  }

  async function readFolder(folder: string): Promise<Dirent<Buffer>[]> {
    try {
      return await readdir(join(root, folder), { withFileTypes: true, encoding: 'buffer' })
    } catch (error) {
      if (isAbsence(error)) return []
      if (!onLeftOut) throw error
      onLeftOut({ name: folder, reason: `a folder that cannot be read (${code(error)})` })
      return []
    }
  }

  function isPast({ key, isFolder }: { key: string; isFolder: boolean }): boolean {
    if (after === undefined || (isFolder && after.startsWith(key))) return false
    return compareKeys(key, after) <= 0
  }

  async function* describe(keys: readonly string[]): AsyncGenerator<ListedObject> {
    const found = await inBatches(keys, batch, (key) => lstatIfThere(join(root, key)))
    for (const [index, stats] of found.entries()) if (stats?.isFile()) yield listed(infoOf(keys[index] ?? '', stats))
  }
}

const batch = 64

const listed = ({ version: _, ...info }: ObjectInfo): ListedObject => info

/** The first part of a key's folders that is a link; undefined when there is none. */
export async function linkOnTheWay(root: string, key: string): Promise<string | undefined> {
  const parts = key.split('/').slice(0, -1)
  for (let length = 1; length <= parts.length; length++) {
    const above = parts.slice(0, length).join('/')
    const found = await lstatIfThere(join(root, above))
    if (!found) return undefined
    if (found.isSymbolicLink()) return above
  }
  return undefined
}

/** Why a name in a folder is neither a file nor a folder that a key can name; undefined when it is one. */
function reasonAgainst(entry: Dirent<Buffer>): string | undefined {
  if (!isUtf8(entry.name)) return kinds.encoding
  const name = entry.name.toString()
  if (!isKey(name)) return refusal(name)
  return entry.isDirectory() ? undefined : kindOf(entry)
}

/** What a name is that is no plain file; undefined for a file. */
export function kindOf(entry: Pick<Dirent, 'isFile' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>): string | undefined {
  if (entry.isFile()) return undefined
  if (entry.isSymbolicLink()) return kinds.link
  if (entry.isFIFO()) return kinds.pipe
  return entry.isSocket() ? kinds.socket : kinds.device
}

const kinds = {
  encoding: 'its name is not UTF-8; rename it',
  link: 'a symbolic link, which is not followed; put the file itself there',
  pipe: 'a named pipe, not a file',
  socket: 'a socket, not a file',
  device: 'a device, not a file',
}

async function lstatIfThere(file: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(file, { bigint: true })
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const isAbsence = (error: unknown) => code(error) === 'ENOENT' || code(error) === 'ENOTDIR'
