import { randomUUID } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { copyFile, type FileHandle, link, lstat, mkdir, open, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { code, syncFolder } from './file-io.ts'
import { infoOf, infoOfVersion, linkOnTheWay, listFolder } from './file-listing.ts'
import { gate } from './gate.ts'
import { checkKey, checkPrefix, clampRange } from './object-key.ts'
import {
  type ObjectInfo,
  ObjectNotFound,
  type ObjectStore,
  type ObjectWriter,
  PreconditionFailed,
  type WrittenObject,
} from './object-store.ts'

/** Operations at work at a time: each may hold a file open, and a process may open only so many. */
const mostOperations = 64

/**
 * A folder as object store. Needs hard links, so macOS and Linux file systems.
 *
 * A file is written whole under `.tmp/` and takes its name by one `link` or `rename`: nobody sees half of it. The version
 * is inode, size and modification time; a foreign program that writes into a file therefore ends its version. Bytes under
 * `raw/` that are replaced stay readable by version, as hard links under `.versions/`, until the key is deleted.
 * However many calls are made at once, `mostOperations` are at work; a writer, which others feed, takes none of their places.
 */
export function fileStore(root: string, options: { sync?: boolean } = {}): ObjectStore {
  const home = resolve(root)
  const durable = options.sync ?? true
  const { through } = gate(mostOperations)
  const path = (key: string) => join(home, checkKey(key))
  const versionPath = (key: string, version: string) => join(home, '.versions', key, version)
  const temporary = () => join(home, '.tmp', randomUUID())

  async function makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true })
    if (!first || !durable) return
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  }

  /** Runs an operation that needs the target's folder; a concurrent delete may take the empty folder away again. */
  async function inFolder<T>(folder: string, operation: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await operation()
      } catch (error) {
        if (code(error) !== 'ENOENT' || attempt > 20) throw error
        await makeFolder(folder)
      }
    }
  }

  async function createTemporary(): Promise<{ file: FileHandle; name: string }> {
    const name = temporary()
    return { file: await inFolder(dirname(name), () => open(name, 'wx')), name }
  }

  /** Gives the temporary file its key; false when the key exists. */
  async function linkNew(name: string, target: string): Promise<boolean> {
    try {
      await inFolder(dirname(target), () => link(name, target))
      return true
    } catch (error) {
      if (code(error) === 'EEXIST') return false
      throw error
    }
  }

  /** Adds what the key names now to its kept versions. */
  async function keepCurrent(key: string): Promise<void> {
    const held = temporary()
    try {
      await link(path(key), held)
    } catch (error) {
      if (code(error) === 'ENOENT') return
      throw error
    }
    const { version } = infoOf(key, await stat(held, { bigint: true }))
    await linkNew(held, versionPath(key, version))
    await unlink(held)
  }

  /**
   * Gives a finished temporary file its key and takes the temporary name away. Under `raw/` the newcomer joins the kept
   * versions before it replaces anything, so that of two concurrent replacements neither loses the other's bytes.
   */
  async function commit(key: string, name: string, ifAbsent: boolean): Promise<WrittenObject> {
    const target = path(key)
    try {
      const { size, etag, version } = infoOf(key, await stat(name, { bigint: true }))
      if (!(await linkNew(name, target))) {
        if (ifAbsent) throw new PreconditionFailed(key)
        if (key.startsWith('raw/')) {
          await linkNew(name, versionPath(key, version))
          await keepCurrent(key)
        }
        await inFolder(dirname(target), () => rename(name, target))
      }
      if (durable) await syncFolder(dirname(target))
      return { key, size, etag, version }
    } finally {
      await unlink(name).catch(ignoreAbsent)
    }
  }

  /** Files under `raw/` come from anywhere: a link among their folders could lead to files that are none of the lake's. */
  const isBehindLink = async (key: string) => key.startsWith('raw/') && (await linkOnTheWay(home, key)) !== undefined

  async function writer(key: string, ifAbsent = false): Promise<ObjectWriter> {
    checkKey(key)
    if (await isBehindLink(key))
      throw new Error(
        `object store: a folder of ${key} is a symbolic link, which is not followed; put a folder in its place`,
      )
    const { file, name } = await createTemporary()
    let isOpen = true
    const end = async () => {
      isOpen = false
      await file.close()
    }
    const use = () => {
      if (!isOpen) throw new Error(`object store: the writer of ${key} was closed already`)
    }
    return {
      async write(bytes) {
        use()
        for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
      },
      async close() {
        use()
        try {
          if (durable) await file.sync()
        } catch (error) {
          await unlink(name).catch(ignoreAbsent)
          throw error
        } finally {
          await end()
        }
        return commit(key, name, ifAbsent)
      },
      async abort() {
        if (!isOpen) return
        await end()
        await unlink(name).catch(ignoreAbsent)
      },
    }
  }

  async function openFile(file: string): Promise<FileHandle | undefined> {
    try {
      // Neither through a link nor, for ever, at a pipe.
      return await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (isAbsence(error) || code(error) === 'ELOOP') return undefined
      throw error
    }
  }

  /** Bytes of one file, undefined when it is absent or no longer that version. */
  async function readFile(key: string, file: string, { range, version }: ReadOptions): Promise<Uint8Array | undefined> {
    const handle = await openFile(file)
    if (!handle) return undefined
    try {
      const before = await handle.stat({ bigint: true })
      if (!before.isFile()) return undefined
      const info = infoOf(key, before)
      if (version !== undefined && !isVersion(file, before, version)) return undefined
      const { start, end } = clampRange(info.size, range)
      const bytes = new Uint8Array(end - start)
      let done = 0
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, Math.min(bytes.length - done, maxRead), start + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      const after = await handle.stat({ bigint: true })
      if (version !== undefined && !isVersion(file, after, version)) return undefined
      return bytes.subarray(0, done)
    } finally {
      await handle.close()
    }
  }

  /**
   * Whether a file holds these very bytes. A kept version that has no other name cannot have been written to, so its own
   * name is right also where a copy of the lake gave it another inode and time.
   */
  function isVersion(file: string, found: BigIntStats, version: string): boolean {
    if (infoOf('', found).version === version) return true
    return basename(file) === version && found.nlink === 1n && infoOfVersion('', version)?.size === Number(found.size)
  }

  async function headFile(key: string, file: string, version?: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await lstat(file, { bigint: true })
      if (!found.isFile() || (await isBehindLink(key))) return undefined
      const info = infoOf(key, found)
      if (version === undefined || info.version === version) return info
      return isVersion(file, found, version) ? infoOfVersion(key, version) : undefined
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }

  async function removeEmptyFolders(folder: string): Promise<void> {
    for (let up = folder; up.startsWith(home + sep); up = dirname(up)) {
      try {
        await rmdir(up)
      } catch (error) {
        if (code(error) !== 'ENOENT') return
      }
    }
  }

  async function remove(key: string): Promise<void> {
    if ((await linkOnTheWay(home, key)) !== undefined) return
    const file = path(key)
    await unlinkFile(file)
    for await (const info of listFolder(home, `.versions/${key}/`)) await unlinkFile(join(home, info.key))
    await removeEmptyFolders(join(home, '.versions', key))
    await removeEmptyFolders(dirname(file))
  }

  async function read(key: string, readOptions: ReadOptions): Promise<Uint8Array> {
    const { version } = readOptions
    const bytes =
      (await readFile(key, path(key), readOptions)) ??
      (version === undefined ? undefined : await readFile(key, versionPath(key, checkKey(version)), readOptions))
    if (!bytes) throw new ObjectNotFound(key, version)
    return bytes
  }

  async function put(key: string, bytes: Uint8Array, ifAbsent: boolean): Promise<WrittenObject> {
    if (ifAbsent && (await headFile(key, path(key)))) throw new PreconditionFailed(key)
    const whole = await writer(key, ifAbsent)
    try {
      await whole.write(bytes)
    } catch (error) {
      await whole.abort()
      throw error
    }
    return whole.close()
  }

  async function copy(from: string, to: string): Promise<WrittenObject> {
    checkKey(to)
    const name = temporary()
    await makeFolder(dirname(name))
    try {
      if (!(await lstat(path(from))).isFile()) throw new ObjectNotFound(from)
      await duplicate(path(from), name, { share: !from.startsWith('raw/'), durable })
    } catch (error) {
      await unlink(name).catch(ignoreAbsent)
      if (isAbsence(error)) throw new ObjectNotFound(from)
      throw error
    }
    return commit(to, name, false)
  }

  async function* replaced(prefix: string): AsyncGenerator<ObjectInfo> {
    let key: string | undefined
    let versions: string[] = []
    for await (const info of listFolder(home, `.versions/${prefix}`)) {
      const cut = info.key.lastIndexOf('/')
      const of = info.key.slice('.versions/'.length, cut)
      if (of !== key) {
        if (key !== undefined) yield* replacedOf(key, versions)
        key = of
        versions = []
      }
      versions.push(info.key.slice(cut + 1))
    }
    if (key !== undefined) yield* replacedOf(key, versions)
  }

  async function* replacedOf(key: string, versions: readonly string[]): AsyncGenerator<ObjectInfo> {
    const current = await headFile(key, path(key))
    if (!current) return
    const kept: ObjectInfo[] = []
    for (const version of versions) {
      if (version === current.version) continue
      const info = await headFile(key, versionPath(key, version), version)
      if (info) kept.push(info)
    }
    // The store wrote them, one after the other.
    yield* kept.sort((a, b) => a.lastModified - b.lastModified)
  }

  return {
    datesUploads: false,
    async head(key, version) {
      const info = await headFile(key, path(key), version)
      return info ?? (version === undefined ? undefined : headFile(key, versionPath(key, checkKey(version)), version))
    },
    read: (key, options = {}) => through(() => read(key, options)),
    put: (key, bytes, { ifAbsent = false } = {}) => through(() => put(key, bytes, ifAbsent)),
    writer: (key) => writer(key),
    copy: (from, to) => through(() => copy(from, to)),
    async *list(prefix, options = {}) {
      yield* listFolder(home, checkPrefix(prefix), options)
    },
    async *replaced(prefix) {
      yield* replaced(checkPrefix(prefix))
    },
    async delete(keys) {
      for (const key of keys) checkKey(key)
      await Promise.all(keys.map((key) => through(() => remove(key))))
    },
    locate: (key) => join(home, checkPrefix(key)),
  }
}

/**
 * Removes what dead processes left under `.tmp/`: files not written to for that long. Returns how many.
 * An hour is safe: a live writer touches its file all the time.
 */
export async function cleanTemporary(root: string, olderThanMs: number): Promise<number> {
  const home = resolve(root)
  const limit = Date.now() - olderThanMs
  let removed = 0
  for await (const info of listFolder(home, '.tmp/')) {
    if (info.lastModified > limit) continue
    await unlinkFile(join(home, info.key))
    removed += 1
  }
  return removed
}

interface ReadOptions {
  range?: { start: number; end: number }
  version?: string
}

/** Linux reads at most 2 GiB less a page at once. */
const maxRead = 1 << 30

/** A second name for the same bytes, or a copy where the file system cannot or the bytes may be written to by others. */
async function duplicate(from: string, to: string, options: { share: boolean; durable: boolean }): Promise<void> {
  if (options.share) {
    try {
      return await link(from, to)
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP'].includes(code(error))) throw error
    }
  }
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  if (!options.durable) return
  const file = await open(to, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function unlinkFile(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (isAbsence(error)) return
    const isFolder = await stat(file).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (!isFolder) throw error
  }
}

const isAbsence = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(code(error))

function ignoreAbsent(error: unknown): void {
  if (code(error) !== 'ENOENT') throw error
}
