import { AsyncLocalStorage } from 'node:async_hooks'
import { crawlRaw } from '@droplake/local/crawl-raw'
import { type DataService, dataHandlers, handlers } from '@droplake/local/handlers'
import { type Execution, execute } from '@droplake/local/interpreter'
import type { Lake } from '@droplake/local/lake'
import type { ServiceName } from '@droplake/pipeline/definition'
import { openShop } from '../e2e/shop.ts'
import { interceptedStore, type Operation } from './intercepted-store.ts'

/** Where an execution stops: before the `at`-th operation (from 1) of a service that `counts`. */
export interface Pause {
  /** As `stepOf` names it: a service, or one action of the models service. */
  step: string
  at: number
  counts?: (operation: Operation) => boolean
}

export interface Pausable {
  lake: Lake
  start(input: unknown): Execution
  /** Settles when the execution has stopped. */
  paused: Promise<void>
  wake(): void
  /** Operations so far, by step. */
  operations: Map<string, Operation[]>
}

const stepOf = (service: ServiceName, event: unknown) =>
  service === 'models' ? `models ${(event as { action: string }).action}` : service

/**
 * A lake of its own over the folder, whose execution can be stopped in the middle of a service for as long as one likes:
 * a laptop that was closed, a Lambda that was frozen. `before` is asked before every operation of its store.
 */
export async function openPausable(
  path: string,
  options: { pause?: Pause; before?: (operation: Operation, step: string) => Promise<void> } = {},
): Promise<Pausable> {
  const { pause, before = async () => {} } = options
  const steps = new AsyncLocalStorage<string>()
  const gate = Promise.withResolvers<void>()
  const paused = Promise.withResolvers<void>()
  const operations = new Map<string, Operation[]>()
  let counted = 0
  const lake = await openShop(path, {
    wrapStore: (store) =>
      interceptedStore(store, async (operation, go) => {
        const step = steps.getStore() ?? ''
        operations.set(step, [...(operations.get(step) ?? []), operation])
        await before(operation, step)
        if (step === pause?.step && (pause.counts?.(operation) ?? true) && ++counted === pause.at) {
          paused.resolve()
          await gate.promise
        }
        return go()
      }),
  })
  const all = { ...handlers(lake.fx), ...dataHandlers(lake.fx) } as Record<
    ServiceName | DataService,
    (event: unknown) => Promise<unknown>
  >
  const start = (input: unknown): Execution =>
    execute(input, {
      invoke: (service, event) => steps.run(stepOf(service, event), () => all[service](event)),
      query: (sql) => steps.run('statement', async () => void (await lake.fx.engine.run(sql))),
      startExecution: start,
      crawl: (name) => crawlRaw(lake.fx, name, lake.folder),
    })
  return { lake, start, paused: paused.promise, wake: () => gate.resolve(), operations }
}
