import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'

const run = promisify(execFile)

/** Path of a Python that has exactly these packages; they are installed the first time, which takes a minute or two. */
export async function pythonWith(requirements: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12)
  const home = join(cacheFolder(), `venv-${hash}`)
  const python = (folder: string) => join(folder, 'bin', 'python')
  if (await exists(python(home))) return python(home)
  // Its Python was taken off the machine.
  if (await exists(home)) await rm(home, { recursive: true, force: true })
  const system = await findPython()
  console.info(`python: installing the packages of ${requirements} in ${home}`)
  const unfinished = `${home}.${process.pid}`
  await mkdir(cacheFolder(), { recursive: true })
  try {
    await run(system, ['-m', 'venv', unfinished]).catch((error) => refuse('a Python without venv', error))
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', requirements]
    await run(python(unfinished), pip).catch((error) => {
      throw new Error(`python: pip cannot install ${requirements}; look at its message: ${lastLines(error)}`)
    })
    await rename(unfinished, home)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    // Another process was faster.
    if (!(await exists(python(home)))) throw error
  }
  return python(home)
}

async function findPython(): Promise<string> {
  const seen: string[] = []
  for (const name of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11']) {
    const print = 'import sys; print(sys.executable, *sys.version_info[:2])'
    const { stdout } = await run(name, ['-c', print]).catch(() => ({ stdout: '' }))
    const [executable, major, minor] = stdout.trim().split(' ')
    if (!executable) continue
    if (Number(major) === 3 && Number(minor) >= 11) return executable
    seen.push(`${name} ${major}.${minor}`)
  }
  return refuse(seen.join(', ') || 'none')
}

function refuse(found: string, cause?: unknown): never {
  throw new Error(
    `python: the emulated AWS needs Python 3.11 or newer with venv, got ${found}; install python3 and python3-venv`,
    { cause },
  )
}

const lastLines = (error: unknown) =>
  String(error instanceof Error && 'stderr' in error ? error.stderr : error)
    .trim()
    .slice(-1_000)

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
