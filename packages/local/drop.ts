import { readState } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import type { Report } from '@droplake/pipeline/report'
import { type DroppedFile, droppedFiles, type PutObject, upload } from './dropped-files.ts'
import { reportsOf } from './reports.ts'
import { type Answer, enqueuer, heard, ringFor, runFor } from './ring.ts'
import { settled, type WaitOptions } from './settled.ts'
import { UsageError } from './usage-error.ts'

export interface DropOptions extends WaitOptions {
  paths: string[]
  dataset?: string
  table?: string
  /** Takes known bytes again. */
  force?: boolean
  /** Default true. */
  wait?: boolean
  /** Told of every file before it is put there. */
  onFile?: (file: DroppedFile) => void
  /** Told how many files a stage's bucket has not rung for in time. */
  onLate?: (files: number) => void
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

/**
 * Stores files under `raw/` and waits until the log answers for every one. Here each is pending from the moment on in which
 * it is stored, before anything else can take its name or end this process; a stage's bucket announces it.
 */
export async function drop(place: Place, options: DropOptions): Promise<DropResult> {
  const { force = false, wait = true } = options
  if (force && !wait && place.remote)
    throw new UsageError('drop: --force waits for what the stage says of the files first; leave --no-wait out')
  const put: PutObject[] = []
  const enqueue = enqueuer(place, { force })
  for (const file of droppedFiles(place.fx.datasets, options)) {
    options.onFile?.(file)
    // A drop here is ended whole; on a stage nothing depends on who uploads.
    const stored = await upload(place.fx.store, file, place.remote && options.signal)
    if (!stored) break
    const { key, dataset, table } = file
    const object = { key, dataset, table, version: stored.version }
    put.push(place.remote ? object : await enqueue(object, stored.digest))
  }
  if (!wait) return { objects: put.map((object) => describe(object, undefined, undefined)), runs: [] }
  const answers = place.remote ? await heard(place, put, options) : await runFor(place, put)
  const runs = new Map<string, Report>()
  const dropped = put.map((object, n): Dropped => ({ ...object, answer: answers[n] }))
  await conclude(place, dropped, { ...options, runs })
  if (place.remote && force) await forceKnown(place, dropped, { ...options, runs })
  const outcomes = await outcomesOf(place, dropped)
  return {
    objects: dropped.map((object, n) => describe(object, object.answer, outcomes[n])),
    runs: [...runs.values()],
  }
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
    const sources = waiting.flatMap((each) => each.answer?.source ?? [])
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
  const outcomes = await outcomesOf(place, objects)
  const known = objects.filter((_, n) => outcomes[n] === 'duplicate')
  if (known.length === 0 || options.signal?.aborted) return
  const answers = await ringFor(place, known, { force: true })
  for (const [n, object] of known.entries()) object.answer = answers[n]
  await conclude(place, known, options)
}

/** What the log says of each object; undefined while it says nothing. */
async function outcomesOf({ fx }: Place, objects: readonly Dropped[]): Promise<(string | undefined)[]> {
  const datasets = [...datasetsOf(objects)]
  const read = await Promise.all(datasets.map(async (name) => [name, await readState(fx.store, name)] as const))
  const states = new Map(read)
  return objects.map(({ dataset, answer }) => states.get(dataset ?? '')?.sources[answer?.source ?? '']?.outcome)
}

function describe(
  { key, dataset, table }: PutObject,
  answer: Answer | undefined,
  logged: string | undefined,
): DroppedObject {
  return { key, dataset, table, outcome: outcomeOf(answer, logged) }
}

function outcomeOf(answer: Answer | undefined, logged: string | undefined): DroppedObject['outcome'] {
  if (answer?.outcome === 'unroutable') return 'unroutable'
  if (answer?.outcome === 'duplicate' || logged === 'duplicate') return 'duplicate'
  return logged === 'empty' ? 'empty' : 'admitted'
}
