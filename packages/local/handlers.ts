import type { ServiceName } from '@droplake/pipeline/definition'
import type { DataEffects, Effects } from '@droplake/pipeline/effects'
import { knownNames, publicError } from '@droplake/pipeline/public-text'

/** Services that move rows: they run in worker threads. */
export const dataServices = ['index', 'clean', 'accept', 'dedupe', 'enrich'] as const
export type DataService = (typeof dataServices)[number]

type Invoke = (event: unknown) => Promise<unknown>

/** The services are loaded when they are first called, so that a worker never loads the query engine. */
function lazily<F extends DataEffects>(fx: F, load: () => Promise<(fx: F, event: never) => Promise<unknown>>): Invoke {
  return async (event) => {
    const service = await load()
    try {
      return await service(fx, event as never)
    } catch (error) {
      throw publicError(error, knownNames(Object.values(fx.datasets)))
    }
  }
}

export const dataHandlers = (fx: DataEffects): Record<DataService, Invoke> => ({
  index: lazily(fx, async () => (await import('@droplake/services/index/index-file')).indexFile),
  clean: lazily(fx, async () => (await import('@droplake/services/clean/clean')).clean),
  accept: lazily(fx, async () => (await import('@droplake/services/accept/accept-step')).acceptStep),
  dedupe: lazily(fx, async () => (await import('@droplake/services/dedupe/dedupe')).dedupe),
  enrich: lazily(fx, async () => (await import('@droplake/services/enrich/enrich')).enrich),
})

export const handlers = (fx: Effects): Record<Exclude<ServiceName, DataService>, Invoke> => ({
  admit: lazily(fx, async () => (await import('@droplake/services/admit/admit')).admit),
  plan: lazily(fx, async () => (await import('@droplake/services/plan/plan')).plan),
  ingest: lazily(fx, async () => (await import('@droplake/services/ingest/ingest')).ingest),
  catalog: lazily(fx, async () => (await import('@droplake/services/catalog/catalog-step')).catalogStep),
  quality: lazily(fx, async () => (await import('@droplake/services/quality/check-quality')).checkQuality),
  models: lazily(fx, async () => (await import('@droplake/services/models/build-models')).buildModels),
  publish: lazily(fx, async () => (await import('@droplake/services/publish/publish')).publish),
  finish: lazily(fx, async () => (await import('@droplake/services/finish/finish')).finish),
  notify: lazily(fx, async () => (await import('@droplake/services/notify/notify-run')).notifyRun),
})
