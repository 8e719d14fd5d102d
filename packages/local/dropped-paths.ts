import { isUtf8 } from 'node:buffer'
import { accessSync, constants, type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import { isLitter } from '@droplake/contracts/file-name'
import { kindOf } from '@droplake/lake/file-listing'
import { isHidden, isRawKey, refusal } from '@droplake/lake/object-key'
import { UsageError } from './usage-error.ts'

/** A path that was not stored, and why. */
export interface LeftOutPath {
  path: string
  reason: string
}

export interface CheckedPaths {
  files: { path: string; size: number }[]
  leftOut: LeftOutPath[]
  /** Names below the given folders that begin with a dot, or that programs leave beside the data: they are passed over. */
  passedOver: number
}

/**
 * Looks at every path before anything is stored: a file, or every file below a folder. What cannot be stored is left out
 * with its reason, so that it stops nothing else. A link is followed to a file, and to a folder only where it is itself
 * given: links in a folder may lead anywhere, also in a circle. Throws `UsageError` when nothing that was given exists.
 *
 * @param lake the folder of the lake, which is no part of any folder that holds it
 */
export function checkPaths(paths: readonly string[], { lake }: { lake?: string | undefined } = {}): CheckedPaths {
  const checked: CheckedPaths = { files: [], leftOut: [], passedOver: 0 }
  const leaveOut = (path: string, reason: string) => void checked.leftOut.push({ path, reason })
  const home = lake === undefined ? undefined : realPath(lake)
  let absent = 0

  function file(path: string, found: Stats): void {
    const reason = reasonAgainst(path, found)
    if (reason) leaveOut(path, reason)
    else checked.files.push({ path, size: found.size })
  }

  function folder(path: string): void {
    const isLake = home !== undefined && realPath(path) === home
    const entries = isLake ? 'it is the folder of the lake' : entriesOf(path)
    if (typeof entries === 'string') {
      leaveOut(path, entries)
      return
    }
    const before = checked.files.length + checked.leftOut.length
    for (const entry of entries) {
      const name = entry.name.toString()
      const inside = join(path, name)
      if (name.startsWith('.') || isLitter(name)) checked.passedOver += 1
      else if (!isUtf8(entry.name)) leaveOut(inside, 'its name is not UTF-8; rename it')
      else if (!entry.isDirectory()) inspect(inside, { mayBeFolder: false })
      else if (isRawKey(name)) folder(inside)
      else leaveOut(inside, refusal(name))
    }
    if (checked.files.length + checked.leftOut.length === before) leaveOut(path, 'a folder without files')
  }

  /** A path, or what its link leads to. */
  function inspect(path: string, { mayBeFolder }: { mayBeFolder: boolean }): void {
    const found = statOf(path)
    if (typeof found === 'string') leaveOut(path, found)
    else if (!found.isDirectory()) file(path, found)
    else if (mayBeFolder) folder(path)
    else leaveOut(path, 'a link to a folder, which is not followed')
  }

  const given = new Map(paths.map((path) => [resolve(path), path]))
  for (const [whole, path] of given) {
    if (isAbsent(path)) {
      absent += 1
      leaveOut(path, path.includes('\ufffd') ? 'no file has this name, or it is not UTF-8' : 'no such file or folder')
    } else if (home !== undefined && isWithin(realPath(whole), home) && !isWithin(realPath(whole), join(home, 'raw')))
      leaveOut(path, 'it is the folder of the lake, or lies in it')
    else inspect(path, { mayBeFolder: true })
  }
  if (absent === given.size)
    throw new UsageError(
      `drop: no file or folder ${paths.slice(0, 3).join(', ')}; give the path of a file or folder that exists`,
    )
  return checked
}

/** Why a file cannot be stored; undefined when it can. */
function reasonAgainst(path: string, found: Stats): string | undefined {
  const name = basename(path)
  const kind = kindOf(found)
  if (kind) return kind
  if (isHidden(name)) return 'its name begins with a dot; rename it'
  if (!isRawKey(name)) return refusal(name)
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    return `it cannot be read (${codeOf(error)})`
  }
}

/** What a folder holds, or why that is not known. */
function entriesOf(path: string): Dirent<Buffer>[] | string {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'buffer' }).sort((a, b) => Buffer.compare(a.name, b.name))
  } catch (error) {
    return `a folder that cannot be read (${codeOf(error)})`
  }
}

/** What a path leads to, or why that is not known. */
function statOf(path: string): Stats | string {
  try {
    return statSync(path)
  } catch (error) {
    const code = codeOf(error)
    return isLink(path) ? `a link that leads nowhere (${code})` : `it cannot be looked at (${code})`
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error)

function isAbsent(path: string): boolean {
  try {
    lstatSync(path)
    return false
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(codeOf(error))
  }
}

const isLink = (path: string) => {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

/** Undefined for what cannot be resolved. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

const isWithin = (path: string | undefined, folder: string) =>
  path === folder || (path?.startsWith(folder + sep) ?? false)
