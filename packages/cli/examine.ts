import { existsSync, readFileSync } from 'node:fs'
import { link, mkdtemp, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { listFolder } from '@droplake/lake/file-listing'
import type { Lake } from '@droplake/local/lake'
import { contractsFolder, loadAll, sqlFolder } from '@droplake/local/load-datasets'
import { loadModels, loadQueries } from '@droplake/models/load-models'
import type { Place } from '@droplake/pipeline/place'
import type { Finding } from '@droplake/stage/finding'
import { readStatus } from './read-status.ts'
import type { Session, StageName } from './session.ts'
import { bytes, many, moment } from './text.ts'
import { withFolder } from './with-folder.ts'
import { chosenDatasets, lakeExists } from './with-lake.ts'
import { outputsOf, withStage } from './with-stage.ts'

/** Looks at everything that droplake needs, one finding a thing; what cannot be looked at is itself a finding. */
export async function examine(session: Session): Promise<Finding[]> {
  const findings = [nodeVersion()]
  if (session.stage) return [...findings, ...(await examineThere(session.stage, session))]
  findings.push(await folder(session))
  findings.push(await datasets())
  const looks = [engine, holders, leftovers]
  if (!lakeExists(session)) return [...findings, await engineWithout(session)]
  try {
    await withFolder(session, {}, async (lake) => {
      for (const look of looks) findings.push(...(await look(session, lake)))
    })
  } catch (error) {
    findings.push({
      state: 'fail',
      subject: 'lake',
      text: messageOf(error),
      mend: 'droplake doctor --debug shows where',
    })
  }
  return findings
}

/** A stage without outputs is wrong usage; what AWS refuses are findings. */
async function examineThere(named: StageName, session: Session): Promise<Finding[]> {
  const { outputs, path } = outputsOf(named)
  const told: Finding = {
    state: 'ok',
    subject: 'outputs',
    text: `stage ${outputs.stage} in ${outputs.region}, of ${path}`,
  }
  const { examineStage } = await import('@droplake/stage/examine-stage')
  return withStage(named, async (stage) => {
    const found = [told, await datasets(), ...(await examineStage(stage))]
    if (found.some(({ state, subject }) => state === 'fail' && (subject === 'credentials' || subject === 'bucket')))
      return found
    return [...found, ...(await holders(session, stage))]
  })
}

const messageOf = (error: unknown) => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))

function nodeVersion(): Finding {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    devDependencies: { node: string }
  }
  const pinned = manifest.devDependencies.node
  const own = process.versions.node
  const major = Number.parseInt(own, 10)
  const subject = 'node'
  if (major < Number.parseInt(pinned, 10))
    return {
      state: 'fail',
      subject,
      text: `version ${own} is too old`,
      mend: `npm ci brings ${pinned}; run the command with npx`,
    }
  return own === pinned
    ? { state: 'ok', subject, text: `version ${own}` }
    : { state: 'warn', subject, text: `version ${own}, tested with ${pinned}`, mend: 'run the command with npx' }
}

const littleSpace = 1e9

/** Tries in the folder, or in the nearest one above it that exists. */
async function folder({ lakeFolder }: Session): Promise<Finding> {
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
    return { state: 'fail', subject, text: `${place} cannot hold a lake: ${code ?? messageOf(error)}`, mend }
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

async function datasets(): Promise<Finding> {
  const subject = 'datasets'
  try {
    const parts: string[] = []
    for (const [name, { tables }] of Object.entries(await loadAll([contractsFolder]))) {
      const sql = join(sqlFolder, name)
      const models = existsSync(sql) ? await loadModels(sql) : []
      const queries = existsSync(sql) ? await loadQueries(sql) : []
      parts.push(
        `${name} (${many(Object.keys(tables).length, 'table')}, ${many(models.length, 'model')}, ${many(queries.length, 'saved query', 'saved queries')})`,
      )
    }
    return { state: 'ok', subject, text: parts.join(', ') }
  } catch (error) {
    return { state: 'fail', subject, text: messageOf(error), mend: 'mend the file that it names' }
  }
}

async function engine(_: Session, { fx }: Place): Promise<Finding[]> {
  const subject = 'duckdb'
  try {
    const { rows } = await fx.engine.run('select 1 as one')
    if (Number(rows[0]?.[0]) !== 1) throw new Error(`select 1 gave ${JSON.stringify(rows)}`)
    return [{ state: 'ok', subject, text: 'answers' }]
  } catch (error) {
    return [{ state: 'fail', subject, text: messageOf(error), mend: 'npm ci installs its library for this machine' }]
  }
}

/** Where there is no lake to open: only whether the library loads. */
async function engineWithout(_: Session): Promise<Finding> {
  try {
    await import('@droplake/lake/duckdb-engine')
    return { state: 'ok', subject: 'duckdb', text: 'loads' }
  } catch (error) {
    return {
      state: 'fail',
      subject: 'duckdb',
      text: messageOf(error),
      mend: 'npm ci installs its library for this machine',
    }
  }
}

async function holders(session: Session, lake: Place): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of await chosenDatasets(session, lake)) {
    const { unfinished, pending, lastRun } = await readStatus(lake, name)
    const mend = session.hint(`run --dataset ${name}`)
    if (unfinished?.alive)
      findings.push({
        state: 'ok',
        subject: name,
        text: `run ${unfinished.runId} is under way since ${moment(unfinished.startedAt)} UTC`,
      })
    else if (unfinished)
      findings.push({
        state: 'warn',
        subject: name,
        text: `run ${unfinished.runId} died; nobody goes on with its work`,
        mend,
      })
    else if (lastRun?.status === 'failed' || lastRun?.status === 'held')
      findings.push({
        state: 'warn',
        subject: name,
        text: `the last run ${lastRun.status}: ${lastRun.runId}`,
        mend: session.hint(`runs show ${lastRun.runId}`),
      })
    else findings.push({ state: 'ok', subject: name, text: 'nobody holds it' })
    if (pending > 0 && !unfinished?.alive)
      findings.push({ state: 'warn', subject: name, text: `${many(pending, 'file')} pending`, mend })
  }
  return findings
}

const oldMs = 3_600_000

/** Temporary files that nobody has written to for an hour: their writers are dead. */
async function leftovers(_: Session, { folder: lakeFolder }: Lake): Promise<Finding[]> {
  const temporary = join(lakeFolder, '.tmp')
  if (!(await stat(temporary).catch(() => undefined))) return []
  let files = 0
  let size = 0
  for await (const info of listFolder(temporary, '')) {
    if (info.lastModified > Date.now() - oldMs) continue
    files += 1
    size += info.size
  }
  if (files === 0) return []
  const text = `${many(files, 'temporary file')} of dead processes (${bytes(size)})`
  return [{ state: 'warn', subject: 'leftovers', text, mend: `when nothing runs, delete ${temporary}` }]
}
