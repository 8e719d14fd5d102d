import { readdir, readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** Trino 476 runs on this and newer. */
const oldest = 24

/** Home of a Java that runs Trino: `JAVA_HOME` where it does, else the newest that is installed. */
export async function findJava(): Promise<string> {
  const named = process.env.JAVA_HOME
  const others = [...(await onPath()), ...(await installed())]
  const found: { home: string; version: number }[] = []
  for (const home of [...(named ? [named] : []), ...others]) {
    const version = await versionOf(home)
    if (version === undefined) continue
    if (home === named && version >= oldest) return home
    found.push({ home, version })
  }
  const best = found.sort((a, b) => b.version - a.version)[0]
  if (best && best.version >= oldest) return best.home
  const seen = [...new Set(found.map(({ home, version }) => `Java ${version} in ${home}`))].join(', ') || 'none'
  throw new Error(
    `trino: it needs Java ${oldest} or newer, got ${seen}; install a JDK (temurin-25-jdk, openjdk@25) or point JAVA_HOME at one`,
  )
}

async function onPath(): Promise<string[]> {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'java'))
  const programs = await Promise.all(candidates.map((file) => realpath(file).catch(() => undefined)))
  return programs.filter((file) => file !== undefined).map((file) => dirname(dirname(file)))
}

async function installed(): Promise<string[]> {
  const folders = [
    '/usr/lib/jvm',
    '/opt/java',
    '/opt/homebrew/opt',
    join(homedir(), '.jdks'),
    join(homedir(), '.sdkman/candidates/java'),
    '/Library/Java/JavaVirtualMachines',
  ]
  const homes = await Promise.all(
    folders.map(async (folder) => (await readdir(folder).catch(() => [])).map((name) => join(folder, name))),
  )
  return homes
    .flat()
    .flatMap((home) => [home, join(home, 'Contents/Home'), join(home, 'libexec/openjdk.jdk/Contents/Home')])
}

async function versionOf(home: string): Promise<number | undefined> {
  const release = await readFile(join(home, 'release'), 'utf8').catch(() => '')
  const [, version] = /^JAVA_VERSION="(\d+)/m.exec(release) ?? []
  return version === undefined ? undefined : Number(version)
}
