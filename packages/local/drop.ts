import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { routeFile } from '@droplake/contracts/route'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import type { Report } from '@droplake/pipeline/report'
import type { Lake } from './lake.ts'
import { reportsOf } from './reports.ts'
import { settled } from './settled.ts'
import { UsageError } from './usage-error.ts'

export interface DropOptions {
  paths: string[]
  dataset?: string
  table?: string
  /** Takes known bytes again. */
  force?: boolean
  /** Default true. */
  wait?: boolean
  /** Told when another process holds the dataset that this drop waits for. */
  onWait?: (holder: string) => void
}

export interface DroppedObject {
  key: string
  dataset: string | null
  table: string | null
  outcome: 'admitted' | 'duplicate' | 'unroutable' | 'empty'
}

export interface DropResult {
  objects: DroppedObject[]
  runs: Report[]
}

/** Puts files under `raw/`, rings for each, and waits until the log answers for every one. */
export async function drop(lake: Lake, options: DropOptions): Promise<DropResult> {
  const { paths, force = false, wait = true } = options
  const targets = paths.flatMap(filesOf).map((path) => ({ path, ...target(lake, path, options) }))
  const put = []
  for (const { path, key, dataset, table } of targets)
    put.push({ key, dataset, table, version: await upload(lake, path, key) })
  if (!wait)
    return { objects: put.map(({ key, dataset, table }) => ({ key, dataset, table, outcome: 'admitted' })), runs: [] }

  const executions = put.map(({ key, version }) =>
    lake.start({
      detail: { bucket: { name: lake.folder }, object: { key, 'version-id': version } },
      ...(force ? { nonce: randomUUID() } : {}),
    }),
  )
  const answers = (await Promise.all(executions.map(({ admitted }) => admitted))) as (Answer | undefined)[]
  for (const execution of executions) {
    const { error } = await execution.ended
    if (error && !(await execution.admitted)) throw error
  }
  await lake.quiet()

  const sources = put.map((object, n) => ({ ...object, answer: answers[n], source: answers[n]?.source }))
  const runs = new Map<string, Report>()
  for (const dataset of new Set(put.flatMap((object) => object.dataset ?? []))) {
    const waiting = sources.filter((each) => each.dataset === dataset && each.answer?.outcome !== 'duplicate')
    const ids = waiting.flatMap((each) => each.source ?? [])
    const began = waiting.flatMap((each) => each.answer?.run ?? [])
    await settled(lake, dataset, ids, options.onWait)
    for (const report of await reportsOf(lake, dataset, { sources: ids, runs: began })) runs.set(report.runId, report)
  }
  const states = new Map<string, LakeState>()
  for (const dataset of new Set(put.flatMap((object) => object.dataset ?? [])))
    states.set(dataset, await readState(lake.fx.store, dataset))
  return {
    objects: sources.map(({ key, dataset, table, answer, source }) => ({
      key,
      dataset,
      table,
      outcome: outcomeOf(answer, source ? states.get(dataset ?? '')?.sources[source]?.outcome : undefined),
    })),
    runs: [...runs.values()],
  }
}

interface Answer {
  outcome: string
  run?: string
  source?: string
}

function outcomeOf(answer: Answer | undefined, logged: string | undefined): DroppedObject['outcome'] {
  if (answer?.outcome === 'unroutable') return 'unroutable'
  if (answer?.outcome === 'duplicate' || logged === 'duplicate') return 'duplicate'
  return logged === 'empty' ? 'empty' : 'admitted'
}

/** A file, or every file below a folder; names that begin with a dot are left out. */
function filesOf(path: string): string[] {
  if (!existsSync(path)) throw new UsageError(`drop: no file or folder ${path}; give the path of a file that exists`)
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !relative(path, join(entry.parentPath, entry.name))
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw new UsageError(`drop: the folder ${path} holds no files; give a folder with files`)
  return files
}

function target(lake: Lake, path: string, { dataset, table }: DropOptions) {
  const { datasets } = lake.fx
  const name = basename(path)
  const list = Object.keys(datasets).join(', ')
  if (table && !dataset) throw new UsageError(`drop: --table ${table} needs --dataset; the datasets are ${list}`)
  const given = dataset === undefined ? undefined : datasets[dataset]
  if (dataset && !given) throw new UsageError(`drop: no dataset ${dataset}; the datasets are ${list}`)
  if (given && table) {
    if (!given.tables[table])
      throw new UsageError(
        `drop: ${given.name} has no table ${table}; its tables are ${Object.keys(given.tables).join(', ')}`,
      )
    return { key: `raw/${given.rawFolders[0]}/${table}/${name}`, dataset: given.name, table }
  }
  const routed = routeFile(given ? { [given.name]: given } : datasets, name)
  const folder = routed ? datasets[routed.dataset]?.rawFolders[0] : (given?.rawFolders[0] ?? 'unrouted')
  return { key: `raw/${folder}/${name}`, dataset: routed?.dataset ?? null, table: routed?.name ?? null }
}

async function upload(lake: Lake, path: string, key: string): Promise<string> {
  const writer = await lake.fx.store.writer(key)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }))
      await writer.write(chunk as Uint8Array)
    return (await writer.close()).version
  } catch (error) {
    await writer.abort()
    throw error
  }
}
