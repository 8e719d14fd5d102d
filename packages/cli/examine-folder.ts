import { existsSync } from 'node:fs'
import { link, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { listFolder } from '@droplake/lake/file-listing'
import type { Lake } from '@droplake/local/lake'
import type { Finding } from '@droplake/stage/finding'
import type { Session } from './session.ts'
import { bytes, firstLineOf, many } from './text.ts'
import { lakeExists } from './with-lake.ts'

const littleSpace = 1e9

/** Tries in the folder, or in the nearest one above it that exists. */
export async function folder({ lakeFolder }: Session): Promise<Finding> {
  let place = lakeFolder
  while (!existsSync(place)) place = dirname(place)
  const subject = 'folder'
  let trial: string | undefined
  try {
    trial = await mkdtemp(join(place, '.droplake-doctor-'))
    await writeFile(join(trial, 'a'), 'x')
    await link(join(trial, 'a'), join(trial, 'b'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const mend = trial
      ? 'its file system has no hard links; put the lake on a local disk with --lake DIR'
      : 'let this user write there, or name another folder with --lake DIR'
    return { state: 'fail', subject, text: `${place} cannot hold a lake: ${code ?? firstLineOf(error)}`, mend }
  } finally {
    if (trial) await rm(trial, { recursive: true, force: true })
  }
  const { bavail, bsize } = await statfs(place)
  const free = bavail * bsize
  const text = `${lakeFolder} ${lakeExists({ lakeFolder } as Session) ? 'is a lake' : 'holds no lake yet'}; ${bytes(free)} free`
  return free < littleSpace
    ? { state: 'warn', subject, text, mend: 'free some space; droplake sweep may' }
    : { state: 'ok', subject, text }
}

export async function engine(_: Session, { fx }: Lake): Promise<Finding[]> {
  const subject = 'duckdb'
  try {
    const { rows } = await fx.engine.run('select 1 as one')
    if (Number(rows[0]?.[0]) !== 1) throw new Error(`select 1 gave ${JSON.stringify(rows)}`)
    return [{ state: 'ok', subject, text: 'answers' }]
  } catch (error) {
    return [{ state: 'fail', subject, text: firstLineOf(error), mend: 'npm ci installs its library for this machine' }]
  }
}

/** Where there is no lake to open: only whether the library loads. */
export async function engineWithout(): Promise<Finding> {
  try {
    await import('@droplake/lake/duckdb-engine')
    return { state: 'ok', subject: 'duckdb', text: 'loads' }
  } catch (error) {
    return {
      state: 'fail',
      subject: 'duckdb',
      text: firstLineOf(error),
      mend: 'npm ci installs its library for this machine',
    }
  }
}

const oldMs = 3_600_000

/** Temporary files that nobody has written to for an hour: their writers are dead. */
export async function leftovers(_: Session, { folder: lakeFolder }: Lake): Promise<Finding[]> {
  const temporary = join(lakeFolder, '.tmp')
  if (!(await stat(temporary).catch(() => undefined))) return []
  let files = 0
  let size = 0
  for await (const info of listFolder(lakeFolder, '.tmp/')) {
    if (info.lastModified > Date.now() - oldMs) continue
    files += 1
    size += info.size
  }
  if (files === 0) return []
  const text = `${many(files, 'temporary file')} of dead processes (${bytes(size)})`
  return [{ state: 'warn', subject: 'leftovers', text, mend: `when nothing runs, delete ${temporary}` }]
}
