import { newShapes } from '@droplake/pipeline/drift'
import { database, datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
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
  const due = crawl === 'always' || (crawl === 'on-change' && newShapes(state, run).length > 0)
  const crawler = database(fx, dataset, 'raw')
  return { seq, crawl: { due, crawler, waitSeconds: fx.settings.crawlPollSeconds, polls: 0 } }
}
