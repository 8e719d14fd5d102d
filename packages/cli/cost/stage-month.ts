import { newestEntries } from '@droplake/local/newest-entries'
import { readState } from '@droplake/pipeline/log'
import type { Month } from '@droplake/stage/cost/price'
import type { Stage } from '@droplake/stage/stage'

/** Runs whose executions are looked into. */
const mostRuns = 3
const monthMs = 30 * 86_400_000

export interface StageMonth {
  /** What the last thirty days brought. */
  month: Month
  /** Executions of the newest runs that published something, the newest first. */
  executions: string[]
}

export async function readMonth({ fx }: Stage): Promise<StageMonth> {
  const since = fx.clock.now() - monthMs
  const month: Month = { gb: 0, files: 0, runs: 0, stored: 0 }
  const published: { execution: string; at: number }[] = []
  for (const dataset of Object.keys(fx.datasets)) {
    const ended = new Set<string>()
    for await (const entry of newestEntries(fx.store, dataset)) {
      if (entry.at < since) break
      if (entry.kind === 'end' && entry.status === 'published') ended.add(entry.run)
      if (entry.kind === 'ingest') {
        month.files += entry.sources.length
        month.gb += entry.sources.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9
      }
      if (entry.kind !== 'begin' || entry.purpose !== 'pipeline') continue
      month.runs += 1
      if (ended.has(entry.run) && entry.holder.kind === 'step-functions')
        published.push({ execution: entry.holder.execution, at: entry.at })
    }
    const sources = Object.values((await readState(fx.store, dataset)).sources)
    month.stored += sources.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9
  }
  month.stored = Math.max(0, month.stored - month.gb)
  const newest = published.sort((a, b) => b.at - a.at).slice(0, mostRuns)
  return { month, executions: newest.map(({ execution }) => execution) }
}
