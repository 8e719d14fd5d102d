import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Makes a folder and those above it, one by one: Node's own recursive way never ends where a system refuses with ENOENT. */
export function makeFolder(path: string): void {
  const missing: string[] = []
  for (let at = path; !existsSync(at); at = dirname(at)) missing.push(at)
  try {
    for (const folder of missing.reverse()) mkdirSync(folder)
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && existsSync(path)) return
    throw new UsageError(`lake: cannot make the folder ${path} (${code}); give another one with --lake`)
  }
}
