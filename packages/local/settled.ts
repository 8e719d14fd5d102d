import { setTimeout as sleep } from 'node:timers/promises'
import { datasetOf } from '@droplake/pipeline/effects'
import type { Holder, LakeState } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'

const hereMs = 200

export interface WaitOptions {
  /** Told of each run of another process or of the stage that is waited for, and of the states in which a stage's run is seen. */
  onWait?: (run: string, about: { holder: Holder; since: number; state?: string }) => void
  /** Ends the wait, not the runs. */
  signal?: AbortSignal
}

/**
 * Waits until the log answers for every source, or a run that ended has deferred it, and no run is under way. A run of
 * another process is waited for; when that process dies, its run is taken over here. On a stage only the runs that decide
 * about these sources, and `runs`, are waited for: others may follow each other without end. Returns the runs that were
 * seen meanwhile.
 */
export async function settled(
  place: Place,
  dataset: string,
  sources: readonly string[],
  options: WaitOptions & { runs?: readonly string[] } = {},
): Promise<string[]> {
  const { store, executions } = place.fx
  const { pollMs, bellMs: patienceMs } = place.remote ?? { pollMs: hereMs, bellMs: 0 }
  const tell = teller(place, options)
  const before = new Set((await readState(store, dataset)).ended.map(({ run }) => run))
  const seen = new Set<string>()
  let idleSince: number | undefined
  while (!options.signal?.aborted) {
    const state = await readState(store, dataset)
    const { unfinished } = state
    const news = state.ended.filter(({ run }) => !before.has(run))
    for (const { run } of [...news, ...(unfinished ? [unfinished] : [])]) seen.add(run)
    const open = sources.filter((id) => !state.sources[id])
    if (!unfinished) {
      if (open.length === 0 || (await areDeferred(place, state, open))) break
    } else if (place.remote && open.length === 0 && !isOwn(state, sources, options.runs ?? [])) {
      break
    } else if (await executions.alive(unfinished.holder)) {
      idleSince = undefined
      await tell(unfinished)
      await rest(pollMs, options.signal)
      continue
    }
    idleSince ??= Date.now()
    if (Date.now() - idleSince < patienceMs) {
      await rest(pollMs, options.signal)
      continue
    }
    idleSince = undefined
    if (place.remote && news.at(-1)?.status === 'failed') break
    if ((await pass(place, dataset, state)) === 'failed') break
  }
  return [...seen]
}

/** Sleeps, but no longer than until the signal fires. */
export const rest = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  sleep(ms, undefined, signal ? { signal } : {}).catch(() => {})

/**
 * Whether a run that ended has left every one of these sources for a later one, or nobody waits for them any more. Those of a
 * table whose contract is gone or cannot be loaded are left by every run; a stage runs the contracts that were deployed.
 */
async function areDeferred(
  { fx, remote }: Place,
  { dataset, ended }: LakeState,
  open: readonly string[],
): Promise<boolean> {
  const { tables } = datasetOf(fx, dataset)
  const isLeft = (table: string) => !remote && !Object.hasOwn(tables, table)
  const endedRuns = new Set(ended.map(({ run }) => run))
  const waiting = (await pendingSources(fx.store, dataset)).filter(({ id }) => open.includes(id))
  const deferred = waiting.filter(
    ({ table, attempts }) => isLeft(table) || attempts.some(({ run }) => endedRuns.has(run)),
  )
  return deferred.length === waiting.length
}

function isOwn({ unfinished, sources: logged }: LakeState, sources: readonly string[], runs: readonly string[]) {
  const own = new Set([...runs, ...sources.map((id) => logged[id]?.run)])
  return own.has(unfinished?.run)
}

/** Looks for what is left undone, and tells whether a run that came of it failed. A stage's run is left to the wait. */
async function pass(place: Place, dataset: string, before: LakeState): Promise<'failed' | undefined> {
  const execution = place.start({ dataset, reason: 'pass' })
  if (place.remote && (await execution.admitted)) return undefined
  const { error } = await execution.ended
  await place.quiet()
  const last = (await readState(place.fx.store, dataset)).ended.at(-1)
  const isNews = last && last.run !== before.ended.at(-1)?.run
  if (isNews && last.status === 'failed') return 'failed'
  if (error && !isNews) throw error
  return undefined
}

/** Tells each run, and each of its states, once: the models' states come again and again. */
function teller({ remote }: Place, { onWait = () => {} }: WaitOptions) {
  const told = new Set<string>()
  return async ({ run, holder, at }: NonNullable<LakeState['unfinished']>) => {
    const state = await remote?.stateOf(holder)
    const now = `${run} ${state}`
    if (!told.has(now)) onWait(run, { holder, since: at, ...(state === undefined ? {} : { state }) })
    told.add(now)
  }
}
