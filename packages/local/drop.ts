import { randomUUID } from 'node:crypto'
import { faultFor } from '@droplake/contracts/route'
import type { LoggedSource } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { forced, sourceName, sourcesOf } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'
import { recognizeObject } from '@droplake/pipeline/recognize'
import type { Report } from '@droplake/pipeline/report'
import { type DroppedFile, droppedFiles } from './dropped-files.ts'
import { checkPaths, type LeftOutPath } from './dropped-paths.ts'
import { isRawOfLake, rawOfLake } from './raw-of-lake.ts'
import { reportsOf } from './reports.ts'
import { type Answer, enqueuer, heard, type PutObject, ringFor, runFor } from './ring.ts'
import { settled, type WaitOptions } from './settled.ts'
import { storeFile } from './store-file.ts'
import { UsageError } from './usage-error.ts'

export interface DropOptions extends WaitOptions {
  paths: string[]
  dataset?: string
  table?: string
  /** Takes known bytes again. */
  force?: boolean
  /** Default true. */
  wait?: boolean
  /** Told how many hidden names and the like below the given folders were passed over. */
  onPassedOver?: (names: number) => void
  /** Told of every file before it is put there. */
  onFile?: (file: DroppedFile) => void
  /** Told how many files a stage's bucket has not rung for in time. */
  onLate?: (files: number) => void
}

/** What became of one dropped file, or of one member of a dropped archive. */
export interface DroppedObject {
  /** Of the object; of a member with its path after it. */
  key: string
  member?: string
  dataset: string | null
  table: string | null
  /** `deferred`: it waits under `raw/` for a contract that cannot be loaded. */
  outcome: 'admitted' | 'duplicate' | 'unroutable' | 'deferred' | 'empty'
  /** Why no table takes it. */
  message?: string
  /** It is no file of rows, whatever table it is meant for. */
  isForeign?: boolean
  /** Tables that might take it, the nearest first. */
  candidates?: { dataset: string; table: string }[]
  /** Where the file was dropped from. */
  path?: string
}

export interface DropResult {
  objects: DroppedObject[]
  runs: Report[]
  /** What was not stored, or found under `raw/`, and why nothing takes it. */
  leftOut?: LeftOutPath[]
}

/**
 * Stores files under `raw/` and waits until the log answers for every one. Here each is pending from the moment on in which
 * it is stored, before anything else can take its name or end this process; a stage's bucket announces it.
 */
export async function drop(place: Place, options: DropOptions): Promise<DropResult> {
  const { force = false, wait = true } = options
  if (force && !wait && place.remote)
    throw new UsageError('drop: --force waits for what the stage says of the files first; leave --no-wait out')
  const lake = place.remote ? undefined : place.fx.store.locate('')
  const lakes = options.table === undefined ? options.paths.filter((path) => isRawOfLake(path, lake)) : []
  const paths = options.paths.filter((path) => !lakes.includes(path))
  const { files, leftOut, passedOver } =
    paths.length > 0 ? checkPaths(paths, { lake }) : { files: [], leftOut: [], passedOver: 0 }
  const found = [...files, ...lakes.flatMap(rawOfLake)]
  const toStore = await droppedFiles(place.fx.datasets, found, { ...options, leftOut })
  if (passedOver > 0) options.onPassedOver?.(passedOver)
  const put: PutObject[] = []
  const enqueue = enqueuer(place, { force })
  for (const file of toStore) {
    options.onFile?.(file)
    const stored = await storeFile(place.fx.store, file, options.signal)
    if ('stopped' in stored) break
    if ('reason' in stored) {
      leftOut.push({ path: file.path, reason: stored.reason })
      continue
    }
    const object = await putObject(place, file, stored.version)
    put.push(place.remote ? object : await enqueue(object, stored.digest))
  }
  const isStopped = !place.remote && options.signal?.aborted
  if (!wait || isStopped)
    return { objects: put.flatMap((object) => describe(object, undefined, {})), runs: [], leftOut }
  const answers = place.remote ? await heard(place, put, options) : await runFor(place, put)
  const runs = new Map<string, Report>()
  const dropped = put.map((object, n): Dropped => ({ ...object, answer: answers[n] }))
  await conclude(place, dropped, { ...options, runs })
  if (place.remote && force) await forceKnown(place, dropped, { ...options, runs })
  const logged = await loggedSources(place, dropped)
  return {
    objects: dropped.flatMap((object) => describe(object, object.answer, logged)),
    runs: [...runs.values()],
    leftOut,
  }
}

async function putObject({ fx }: Place, file: DroppedFile, version: string): Promise<PutObject> {
  const { path, key, dataset, unroutable } = file
  const info = dataset ? await fx.store.head(key, version) : undefined
  const found = info && (await recognizeObject(fx, info))
  const sources = found ? sourcesOf(info, found.parts) : []
  const left = found?.unroutable ?? unroutable
  const fault = sources.length === 0 && left.length === 0 ? faultFor(fx.datasets, key) : undefined
  return { path, key, version, dataset, unroutable: left, sources, ...(fault ? { waiting: fault.message } : {}) }
}

type Dropped = PutObject & { answer: Answer | undefined }

const datasetsOf = (objects: readonly Dropped[]) => new Set(objects.flatMap((object) => object.dataset ?? []))

/** Waits until the log answers for the objects, and adds the reports of the runs that came of them. */
async function conclude(
  place: Place,
  objects: readonly Dropped[],
  { runs, ...options }: WaitOptions & { runs: Map<string, Report> },
): Promise<void> {
  for (const dataset of datasetsOf(objects)) {
    const waiting = objects.filter((each) => each.dataset === dataset && each.answer?.outcome !== 'duplicate')
    const sources = waiting.flatMap((each) => (each.answer ? each.sources.map(({ id }) => id) : []))
    const began = waiting.flatMap((each) => each.answer?.run ?? [])
    const seen = await settled(place, dataset, sources, { ...options, runs: began })
    for (const report of await reportsOf(place, dataset, { sources, runs: [...began, ...seen] }))
      runs.set(report.runId, report)
  }
}

/**
 * The stage's bucket rings for a file as for any other, so what `force` is for is known only when the log has called it a
 * duplicate; forcing it at once would take new bytes twice.
 */
async function forceKnown(
  place: Place,
  objects: Dropped[],
  options: WaitOptions & { runs: Map<string, Report> },
): Promise<void> {
  const logged = await loggedSources(place, objects)
  const known = objects.filter((object) => object.sources.some(({ id }) => logged[id]?.outcome === 'duplicate'))
  if (known.length === 0 || options.signal?.aborted) return
  const nonces = known.map(() => randomUUID())
  const answers = await ringFor(place, known, nonces)
  for (const [n, object] of known.entries()) {
    object.answer = answers[n]
    object.sources = forced(object.sources, nonces[n])
  }
  await conclude(place, known, options)
}

/** What the log says of the sources of these datasets. */
async function loggedSources({ fx }: Place, objects: readonly Dropped[]): Promise<Record<string, LoggedSource>> {
  const states = await Promise.all([...datasetsOf(objects)].map((name) => readState(fx.store, name)))
  return Object.assign({}, ...states.map((state) => state.sources))
}

function describe(
  object: PutObject,
  answer: Answer | undefined,
  logged: Record<string, LoggedSource>,
): DroppedObject[] {
  const { key, path, dataset, unroutable, waiting } = object
  if (waiting !== undefined) return [{ key, dataset, table: null, outcome: 'deferred', message: waiting, path }]
  const taken = object.sources.map(
    (source): DroppedObject => ({
      key: sourceName(source),
      dataset,
      table: source.table,
      outcome: outcomeOf(answer, logged[source.id]?.outcome),
    }),
  )
  const left = unroutable.map(
    ({ member, message, candidates, isForeign }): DroppedObject => ({
      key: sourceName({ key, member }),
      ...(member === undefined ? {} : { member }),
      dataset: null,
      table: null,
      outcome: 'unroutable',
      message,
      ...(isForeign ? { isForeign } : {}),
      candidates: candidates.map(({ dataset: name, table }) => ({ dataset: name, table })),
      path,
    }),
  )
  return [...taken, ...left]
}

function outcomeOf(answer: Answer | undefined, logged: string | undefined): DroppedObject['outcome'] {
  if (answer?.outcome === 'duplicate' || logged === 'duplicate') return 'duplicate'
  return logged === 'empty' ? 'empty' : 'admitted'
}
