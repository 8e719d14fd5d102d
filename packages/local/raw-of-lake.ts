import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

/** A file of another lake's `raw/`, with the key that it has there. */
export interface RawFile {
  path: string
  size: number
  key: string
}

/** Whether a path is the `raw/` folder of a lake other than `home`. */
export function isRawOfLake(path: string, home: string | undefined): boolean {
  const lake = dirname(resolve(path))
  return basename(resolve(path)) === 'raw' && resolve(home ?? '') !== lake && existsSync(join(lake, 'ops', 'log'))
}

/**
 * Everything that ever lay under another lake's `raw/`, in the order of the files' times: also the versions that others of
 * the same name have replaced, which are kept beside it. So a fresh lake comes to the rows of the other one.
 */
export function rawOfLake(path: string): RawFile[] {
  const lake = dirname(resolve(path))
  const keyOf = (file: string, folder: string) => relative(folder, file).split(sep).join('/')
  const current = filesBelow(join(lake, 'raw')).map((file) => ({ ...file, key: keyOf(file.path, lake) }))
  const replaced = filesBelow(join(lake, '.versions')).map((file) => ({
    ...file,
    key: dirname(keyOf(file.path, join(lake, '.versions'))),
  }))
  // What a key holds now is kept as a version as well.
  const held = new Set(current.map(({ inode }) => inode))
  return [...replaced.filter(({ inode, key }) => key.startsWith('raw/') && !held.has(inode)), ...current]
    .sort((a, b) => a.modified - b.modified || (a.key < b.key ? -1 : 1))
    .map(({ path: from, size, key }) => ({ path: from, size, key }))
}

function filesBelow(folder: string): { path: string; size: number; inode: number; modified: number }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || entry.name.startsWith('.')) return []
    const { size, ino, mtimeMs } = lstatSync(path)
    return [{ path, size, inode: ino, modified: mtimeMs }]
  })
}
