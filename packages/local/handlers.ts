import type { ServiceName } from '@droplake/pipeline/definition'
import type { DataEffects, Effects } from '@droplake/pipeline/effects'

/** Services that move rows: they run in worker threads. */
export const dataServices = ['index', 'clean', 'accept', 'dedupe', 'enrich'] as const
export type DataService = (typeof dataServices)[number]

type Invoke = (event: unknown) => Promise<unknown>

/** The handlers are loaded when they are first called, so that a worker never loads the query engine. */
function lazily<F>(fx: F, load: () => Promise<{ handler: (fx: F) => (event: never) => Promise<unknown> }>): Invoke {
  return async (event) => {
    const { handler } = await load()
    try {
      return await handler(fx)(event as never)
    } catch (error) {
      throw named(error)
    }
  }
}

/** A system error says what it is in its `code`, EACCES; the state machine looks at names alone. */
function named(error: unknown): unknown {
  if (error instanceof Error && error.name === 'Error' && 'code' in error && typeof error.code === 'string')
    error.name = error.code
  return error
}

export const dataHandlers = (fx: DataEffects): Record<DataService, Invoke> => ({
  index: lazily(fx, () => import('@droplake/services/index/handler')),
  clean: lazily(fx, () => import('@droplake/services/clean/handler')),
  accept: lazily(fx, () => import('@droplake/services/accept/handler')),
  dedupe: lazily(fx, () => import('@droplake/services/dedupe/handler')),
  enrich: lazily(fx, () => import('@droplake/services/enrich/handler')),
})

export const handlers = (fx: Effects): Record<Exclude<ServiceName, DataService>, Invoke> => ({
  admit: lazily(fx, () => import('@droplake/services/admit/handler')),
  plan: lazily(fx, () => import('@droplake/services/plan/handler')),
  ingest: lazily(fx, () => import('@droplake/services/ingest/handler')),
  catalog: lazily(fx, () => import('@droplake/services/catalog/handler')),
  quality: lazily(fx, () => import('@droplake/services/quality/handler')),
  models: lazily(fx, () => import('@droplake/services/models/handler')),
  publish: lazily(fx, () => import('@droplake/services/publish/handler')),
  finish: lazily(fx, () => import('@droplake/services/finish/handler')),
  notify: lazily(fx, () => import('@droplake/services/notify/handler')),
})
