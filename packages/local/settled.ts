import { setTimeout as sleep } from 'node:timers/promises'
import { readState } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import type { Lake } from './lake.ts'

const pollMs = 200

/**
 * Waits until the log answers for every source, or a run that ended has deferred it, and no run is under way. A run of
 * another process is waited for; when that process dies, its run is taken over here.
 */
export async function settled(
  lake: Lake,
  dataset: string,
  sources: readonly string[],
  onWait: (holder: string) => void = () => {},
): Promise<void> {
  const { store, executions } = lake.fx
  let told = ''
  for (;;) {
    const state = await readState(store, dataset)
    const open = sources.filter((id) => !state.sources[id])
    if (!state.unfinished) {
      if (open.length === 0) return
      const endedRuns = new Set(state.ended.map(({ run }) => run))
      const waiting = (await pendingSources(store, dataset)).filter(({ id }) => open.includes(id))
      const deferred = waiting.filter(({ attempts }) => attempts.some(({ run }) => endedRuns.has(run)))
      if (deferred.length === open.length || waiting.length === 0) return
    } else if (await executions.alive(state.unfinished.holder)) {
      if (told !== state.unfinished.run) onWait(state.unfinished.run)
      told = state.unfinished.run
      await sleep(pollMs)
      continue
    }
    const { error } = await lake.start({ dataset, reason: 'pass' }).ended
    await lake.quiet()
    const last = (await readState(store, dataset)).ended.at(-1)
    const news = last && last.run !== state.ended.at(-1)?.run
    if (news && last.status === 'failed') return
    if (error && !news) throw error
  }
}
