import { randomUUID } from 'node:crypto'
import { routeKey } from '@droplake/contracts/route'
import { openQueue, type Queue } from '@droplake/pipeline/enqueue'
import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import { ring, type Source, sourceOf } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'
import type { PutObject } from './dropped-files.ts'
import { rest, type WaitOptions } from './settled.ts'

/** What came of a bell: Admit's answer, as far as it was heard. */
export interface Answer {
  outcome: string
  run?: string
  /** The object's id in the log. */
  source?: string
}

/** Enqueues objects as they are stored; one that no contract takes is left to its event. `force` takes known bytes again. */
export function enqueuer({ fx }: Place, { force }: { force: boolean }) {
  const queues = new Map<string, Promise<Queue>>()
  return async (object: PutObject, digest: string): Promise<PutObject> => {
    const { key, dataset, table, version } = object
    const info = dataset && table ? await fx.store.head(key, version) : undefined
    if (!info || !dataset || !table) return object
    const queue = queues.get(dataset) ?? openQueue(fx, dataset)
    queues.set(dataset, queue)
    const source = { ...sourceOf(info, table, force ? randomUUID() : undefined), digest }
    return { ...object, source: (await (await queue).enqueue(source)).id }
  }
}

/** Begins the runs that take the objects which are pending, one per dataset, and waits for what comes of them. */
export async function runFor(place: Place, objects: readonly PutObject[]): Promise<(Answer | undefined)[]> {
  const pending = objects.filter(({ source }) => source !== undefined)
  const runs = new Map<string, string | undefined>()
  for (const dataset of new Set(pending.flatMap((object) => object.dataset ?? []))) {
    const pass = place.start({ dataset, reason: 'pass' })
    runs.set(dataset, ((await pass.admitted) as { run?: string } | undefined)?.run)
    const { error } = await pass.ended
    if (error && !runs.get(dataset)) throw error
  }
  const others = objects.filter(({ source }) => source === undefined)
  const answers = await ringFor(place, others, { force: false })
  return objects.map((object) => {
    if (object.source === undefined) return answers[others.indexOf(object)]
    const run = runs.get(object.dataset ?? '')
    return { outcome: 'begun', source: object.source, ...(run ? { run } : {}) }
  })
}

/** Rings for every object as its event would, and waits for what that starts. `force` takes known bytes again. */
export async function ringFor(
  place: Place,
  objects: readonly PutObject[],
  { force }: { force: boolean },
): Promise<(Answer | undefined)[]> {
  const name = place.remote?.bucket ?? place.fx.store.locate('')
  const executions = objects.map(({ key, version }) =>
    place.start({
      detail: { bucket: { name }, object: { key, 'version-id': version } },
      ...(force ? { nonce: randomUUID() } : {}),
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
  const { fx, remote } = place
  const sources = await Promise.all(
    objects.map(async ({ key, version }) => {
      const table = routeKey(fx.datasets, key)
      const info = table && (await fx.store.head(key, version))
      return info && { dataset: table.dataset, ...sourceOf(info, table.name) }
    }),
  )
  const until = Date.now() + (remote?.bellMs ?? 0)
  let late: typeof sources = sources
  while (!options.signal?.aborted) {
    late = await unheard(place, late)
    if (late.length === 0 || Date.now() >= until) break
    await rest(remote?.pollMs ?? 0, options.signal)
  }
  if (late.length > 0 && !options.signal?.aborted) {
    options.onLate?.(late.length)
    await ringLate(place, late)
  }
  return sources.map((source) => ({
    outcome: source ? 'coalesced' : 'unroutable',
    ...(source ? { source: source.id } : {}),
  }))
}

type Announced = (Source & { dataset: string }) | undefined

/** Those of which there is neither a marker nor an entry in the log. */
async function unheard({ fx }: Place, sources: readonly Announced[]): Promise<Announced[]> {
  const known = new Set<string>()
  for (const dataset of new Set(sources.flatMap((source) => source?.dataset ?? []))) {
    // Markers first: they go only after the log has an answer.
    for await (const { key } of fx.store.list(keys.pending(dataset))) known.add(key)
    const state = await readState(fx.store, dataset)
    for (const id of Object.keys(state.sources)) known.add(keys.marker(dataset, id))
  }
  return sources.filter((source) => source && !known.has(keys.marker(source.dataset, source.id)))
}

async function ringLate(place: Place, sources: readonly Announced[]): Promise<void> {
  for (const source of sources) {
    if (!source) continue
    const { dataset, ...marker } = source
    await ring(place.fx.store, dataset, marker)
  }
  for (const dataset of new Set(sources.flatMap((source) => source?.dataset ?? []))) {
    const pass = place.start({ dataset, reason: 'pass' })
    if (await pass.admitted) continue
    const { error } = await pass.ended
    if (error) throw error
  }
}
