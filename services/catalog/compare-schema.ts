import { type CrawlRecord, findDrift, newShapes } from '@droplake/pipeline/drift'
import { datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import { knownNames, publicCause, publicError } from '@droplake/pipeline/public-text'
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

/** Compares what the crawler saw in this run's files with the contracts. It changes nothing: a drift is reported, for somebody to decide. */
export async function compareSchema(fx: With<'catalog'>, input: CompareSchemaInput): Promise<{ drifts: number }> {
  const { dataset, run } = input
  const record = await once<CrawlRecord>(fx.store, keys.crawl(run), async () => {
    const names = knownNames([datasetOf(fx, dataset)])
    const failure = failureOf(input.crawl, names)
    if (failure) return { crawler: input.crawl.crawler, error: failure, drifts: [] }
    try {
      const loaded = newShapes(await readState(fx.store, dataset), run)
      const drifts = findDrift(datasetOf(fx, dataset), await fx.catalog.crawled(dataset), loaded)
      return { crawler: input.crawl.crawler, drifts }
    } catch (error) {
      return {
        crawler: input.crawl.crawler,
        error: `its tables could not be read: ${publicError(error, names).message}`,
        drifts: [],
      }
    }
  })
  return { drifts: record.drifts.length }
}

function failureOf({ error, seen }: CompareSchemaInput['crawl'], names: ReadonlySet<string>): string | undefined {
  if (error) return `${error.Error}: ${publicCause(error.Cause, names)}`
  if (seen?.state !== 'READY') return `it was still ${seen?.state ?? 'unknown'} when the run went on`
  const { Status, ErrorMessage } = seen.crawler?.LastCrawl ?? {}
  return Status === 'SUCCEEDED' || Status === undefined
    ? undefined
    : `${Status}: ${publicCause(ErrorMessage ?? 'no reason', names)}`
}
