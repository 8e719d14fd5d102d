import { randomUUID } from 'node:crypto'
import { faultFor } from '@droplake/contracts/route'
import { notifyUnroutable, withDigest } from '@droplake/pipeline/announce'
import { openQueue, type Queue } from '@droplake/pipeline/enqueue'
import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import { forced, type Source } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'
import type { Unroutable } from '@droplake/pipeline/recognize'
import { rest, type WaitOptions } from './settled.ts'

/** An object that a file was put as. */
export interface PutObject {
  /** Of the file. */
  path: string
  key: string
  version: string
  dataset: string | null
  /** What tables take of it. */
  sources: Source[]
  /** What none takes. */
  unroutable: Unroutable[]
  /** Set where nobody knows who takes it: the contract that cannot be loaded. */
  waiting?: string
}

/** What came of a bell: Admit's answer, as far as it was heard. */
export interface Answer {
  outcome: string
  run?: string
}

/** Enqueues objects as they are stored; one that no contract takes is left to its event. `force` takes known bytes again. */
export function enqueuer({ fx }: Place, { force }: { force: boolean }) {
  const queues = new Map<string, Promise<Queue>>()
  return async (object: PutObject, digest: string): Promise<PutObject> => {
    const { key, dataset, unroutable } = object
    if (!dataset || object.sources.length === 0) return object
    const queue = queues.get(dataset) ?? openQueue(fx, dataset)
    queues.set(dataset, queue)
    const sources = force ? forced(object.sources, randomUUID()) : object.sources
    const enqueued = await (await queue).enqueue(withDigest(sources, digest))
    await notifyUnroutable(fx, key, unroutable)
    return { ...object, sources: enqueued }
  }
}

/** Begins the runs that take the objects which are pending, one per dataset, and waits for what comes of them. */
export async function runFor(place: Place, objects: readonly PutObject[]): Promise<(Answer | undefined)[]> {
  const pending = objects.filter(({ sources }) => sources.length > 0)
  const runs = new Map<string, string | undefined>()
  for (const dataset of new Set(pending.flatMap((object) => object.dataset ?? []))) {
    const pass = place.start({ dataset, reason: 'pass' })
    runs.set(dataset, ((await pass.admitted) as { run?: string } | undefined)?.run)
    const { error } = await pass.ended
    if (error && !runs.get(dataset)) throw error
  }
  const others = objects.filter(({ sources }) => sources.length === 0)
  const answers = await ringFor(place, others)
  return objects.map((object) => {
    if (object.sources.length === 0) return answers[others.indexOf(object)]
    const run = runs.get(object.dataset ?? '')
    return { outcome: 'begun', ...(run ? { run } : {}) }
  })
}

/** Rings for every object as its event would, and waits for what that starts. With a nonce known bytes are taken again. */
export async function ringFor(
  place: Place,
  objects: readonly PutObject[],
  nonces: readonly string[] = [],
): Promise<(Answer | undefined)[]> {
  const name = place.remote?.bucket ?? place.fx.store.locate('')
  const executions = objects.map(({ key, version }, n) =>
    place.start({
      detail: { bucket: { name }, object: { key, 'version-id': version } },
      ...(nonces[n] ? { nonce: nonces[n] } : {}),
    }),
  )
  const answers = await Promise.all(executions.map(({ admitted }) => admitted))
  for (const [n, execution] of executions.entries()) {
    if (place.remote && answers[n]) continue
    const { error } = await execution.ended
    if (error && !answers[n]) throw error
  }
  await place.quiet()
  return answers as (Answer | undefined)[]
}

/**
 * Waits until the stage knows of every object: its bucket rings by itself. What it has not heard of in time is rung for
 * here: an event may be late or lost. `onLate` is told the number of those.
 */
export async function heard(
  place: Place,
  objects: readonly PutObject[],
  options: WaitOptions & { onLate?: (files: number) => void },
): Promise<(Answer | undefined)[]> {
  const { remote } = place
  const until = Date.now() + (remote?.bellMs ?? 0)
  let late = objects
  while (!options.signal?.aborted) {
    late = await unheard(place, late)
    if (late.length === 0 || Date.now() >= until) break
    await rest(remote?.pollMs ?? 0, options.signal)
  }
  if (late.length > 0 && !options.signal?.aborted) {
    options.onLate?.(late.length)
    await ringLate(place, late)
  }
  return objects.map(({ key, sources }) => ({
    outcome: sources.length > 0 ? 'coalesced' : faultFor(place.fx.datasets, key) ? 'deferred' : 'unroutable',
  }))
}

/** Those of which a source has neither a marker nor an entry in the log. */
async function unheard({ fx }: Place, objects: readonly PutObject[]): Promise<PutObject[]> {
  const known = new Set<string>()
  for (const dataset of new Set(objects.flatMap((object) => object.dataset ?? []))) {
    // Markers first: they go only after the log has an answer.
    for await (const { key } of fx.store.list(keys.pending(dataset))) known.add(key)
    const state = await readState(fx.store, dataset)
    for (const id of Object.keys(state.sources)) known.add(keys.marker(dataset, id))
  }
  return objects.filter(({ dataset, sources }) => sources.some(({ id }) => !known.has(keys.marker(dataset ?? '', id))))
}

async function ringLate(place: Place, objects: readonly PutObject[]): Promise<void> {
  for (const [dataset, late] of Map.groupBy(objects, (object) => object.dataset ?? '')) {
    const queue = await openQueue(place.fx, dataset)
    for (const { sources } of late) await queue.enqueue(sources)
    const pass = place.start({ dataset, reason: 'pass' })
    if (await pass.admitted) continue
    const { error } = await pass.ended
    if (error) throw error
  }
}
