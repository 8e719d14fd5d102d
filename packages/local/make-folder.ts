import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Makes the folder of a lake, which a new one keeps from other users, as a database does, and its `raw` folder. */
export function makeLakeFolder(path: string): void {
  makeFolder(dirname(path))
  makeFolder(path, 0o700)
  makeFolder(join(path, 'raw'))
}

/** Makes a folder and those above it, one by one: Node's own recursive way never ends where a system refuses with ENOENT. */
function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = []
  for (let at = path; !existsSync(at); at = dirname(at)) missing.push(at)
  try {
    for (const folder of missing.reverse()) mkdirSync(folder, { mode })
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && existsSync(path)) return
    throw new UsageError(`lake: cannot make the folder ${path} (${code}); give another one with --lake`)
  }
}
