import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { platform, root } from './paths.ts'

const run = promisify(execFile)
const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
const expected = () =>
  (JSON.parse(read(join(root, 'node_modules/sst/package.json')) ?? '{}') as { version: string }).version

/**
 * SST's components and their types, which stacks are written against: downloaded by SST itself when they are absent or of
 * another version. Resolves to whether they were.
 */
export async function installPlatform(): Promise<boolean> {
  if (read(join(platform, 'version'))?.trim() === expected() && existsSync(join(platform, 'node_modules/@pulumi/aws')))
    return false
  const environment = {
    ...process.env,
    SST_SKIP_DEPENDENCY_CHECK: '1',
    SST_NO_BUN: '1',
    SST_STAGE: 'ci',
    SST_TELEMETRY_DISABLED: '1',
  }
  const { stdout, stderr } = await run(join(root, 'node_modules/.bin/sst'), ['install'], {
    cwd: root,
    env: environment,
    timeout: 280_000,
  }).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    throw new Error(`stacks: sst install failed: ${error.message}\n${error.stdout}\n${error.stderr}`)
  })
  if (read(join(platform, 'version'))?.trim() !== expected())
    throw new Error(`stacks: sst install left no platform of version ${expected()}, got\n${stdout}\n${stderr}`)
  return true
}
