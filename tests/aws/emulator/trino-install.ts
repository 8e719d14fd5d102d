import { execFile } from 'node:child_process'
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'

const run = promisify(execFile)

/** The last version that is published as archives. */
const version = '476'

/** What the Hive connector needs for other clouds and caches only; half of its size. */
const needless =
  /azure|alluxio|grpc|rocksdb|conscrypt|quic|opencensus|^com\.google\.(?:api|auth|cloud|http-client|oauth-client)/

/**
 * Folder with Trino's server (`lib`) and its Hive connector (`plugin/hive`) out of Maven's repository. The first time takes
 * a few seconds, or a minute where 450 MB have to come over the network.
 */
export async function trinoHome(): Promise<string> {
  const home = join(cacheFolder(), `trino-${version}`)
  if (await exists(home)) return home
  console.info(`trino: unpacking version ${version} into ${home}`)
  const unfinished = `${home}.${process.pid}`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'plugin'), { recursive: true })
  try {
    const server = join(await unpack(`trino-server-core:${version}:tar.gz`, unfinished), `trino-server-core-${version}`)
    const hive = join(await unpack(`trino-hive:${version}:zip`, unfinished), `trino-hive-${version}`)
    for (const jar of await readdir(hive)) if (needless.test(jar)) await rm(join(hive, jar))
    await rename(join(server, 'lib'), join(unfinished, 'lib'))
    await rename(hive, join(unfinished, 'plugin/hive'))
    await rm(join(unfinished, 'unpacked'), { recursive: true })
    await rename(unfinished, home)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process was faster.
    if (!(await exists(home))) throw error
  }
  return home
}

/** Returns the folder. Maven keeps the archive in its own repository, and notes there what it unpacked. */
async function unpack(artifact: string, into: string): Promise<string> {
  const folder = join(into, 'unpacked', artifact.replaceAll(':', '-'))
  await mkdir(folder, { recursive: true })
  const options = [`-Dartifact=io.trino:${artifact}`, `-DoutputDirectory=${folder}`, '-Dtransitive=false']
  try {
    await run('mvn', ['-q', '-B', 'dependency:unpack', ...options], { cwd: folder, timeout: 900_000 })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Error('trino: it comes through Maven, and there is no mvn; install maven', { cause: error })
    const told = error instanceof Error && 'stdout' in error ? String(error.stdout).trim().slice(-1_000) : String(error)
    throw new Error(`trino: Maven cannot get io.trino:${artifact}; look at its message: ${told}`, { cause: error })
  }
  return folder
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
