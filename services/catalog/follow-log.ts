import { database, datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import type { LakeState, LoggedSource } from '@droplake/pipeline/lake-state'
import { holding } from '@droplake/pipeline/log'
import { reconcile } from '@droplake/pipeline/reconcile'

export type FollowLogInput = RunInput

export interface Followed {
  seq: number
  /** Whether the crawler is to read the raw files, and how often to ask it. */
  crawl: { due: boolean; crawler: string; waitSeconds: number; polls: number }
}

/** Brings the catalog to the log, as far as this run still holds the dataset. */
export async function followLog(fx: With<'catalog'>, { dataset, run }: FollowLogInput): Promise<Followed> {
  const state = await holding(fx.store, dataset, run)
  const { seq } = await reconcile(fx, dataset)
  const { crawl = 'on-change' } = datasetOf(fx, dataset)
  const due = crawl === 'always' || (crawl === 'on-change' && hasNewShape(state, run))
  const crawler = database(fx, dataset, 'raw')
  return { seq, crawl: { due, crawler, waitSeconds: fx.settings.crawlPollSeconds, polls: 0 } }
}

/** Whether a source of this run has a header that no earlier source of its table had. */
function hasNewShape(state: LakeState, run: string): boolean {
  const shapeOf = ({ table, shape }: LoggedSource) => `${table} ${shape}`
  const taken = Object.values(state.sources).filter(({ outcome, shape }) => outcome === 'taken' && shape !== undefined)
  const known = new Set(taken.filter((source) => source.run !== run).map(shapeOf))
  return taken.some((source) => source.run === run && !known.has(shapeOf(source)))
}
