import { type CrawlRecord, findDrift } from '@droplake/pipeline/drift'
import { datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import { messageOf } from '@droplake/pipeline/error-cause'
import { keys } from '@droplake/pipeline/keys'
import { once } from '@droplake/pipeline/records'

export interface CompareSchemaInput extends RunInput {
  /** As the state machine saw the crawl end. */
  crawl: {
    crawler: string
    polls?: number
    error?: { Error: string; Cause?: string }
    seen?: { state: string; crawler?: { LastCrawl?: { Status?: string; ErrorMessage?: string } } }
  }
}

/** Compares what the crawler inferred with the contracts. It changes no table: a drift is told, for somebody to decide. */
export async function compareSchema(fx: With<'catalog'>, input: CompareSchemaInput): Promise<{ drifts: number }> {
  const { dataset, run } = input
  const record = await once<CrawlRecord>(fx.store, keys.crawl(run), async () => {
    const failure = failureOf(input.crawl)
    if (failure) return { crawler: input.crawl.crawler, error: failure, drifts: [] }
    try {
      const drifts = findDrift(datasetOf(fx, dataset), await fx.catalog.crawled(dataset))
      return { crawler: input.crawl.crawler, drifts }
    } catch (error) {
      return { crawler: input.crawl.crawler, error: `its tables could not be read: ${error}`, drifts: [] }
    }
  })
  return { drifts: record.drifts.length }
}

function failureOf({ error, seen }: CompareSchemaInput['crawl']): string | undefined {
  if (error) return `${error.Error}: ${messageOf(error.Cause)}`
  if (seen?.state !== 'READY') return `it was still ${seen?.state ?? 'unknown'} when the run went on`
  const { Status, ErrorMessage } = seen.crawler?.LastCrawl ?? {}
  return Status === 'SUCCEEDED' || Status === undefined ? undefined : `${Status}: ${ErrorMessage ?? 'no reason given'}`
}
