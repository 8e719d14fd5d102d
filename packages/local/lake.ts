import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { loadContracts } from '@droplake/contracts/registry'
import type { Clock } from '@droplake/lake/clock'
import { systemClock } from '@droplake/lake/clock'
import { duckdbEngine } from '@droplake/lake/duckdb-engine'
import { fileCatalog } from '@droplake/lake/file-catalog'
import { fileStore } from '@droplake/lake/file-store'
import type { Notifier } from '@droplake/lake/notifier'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { ServiceName } from '@droplake/pipeline/definition'
import { defaultSettings, type Effects, type Settings } from '@droplake/pipeline/effects'
import { wholeError } from '@droplake/pipeline/public-text'
import { crawlRaw } from './crawl-raw.ts'
import { type DataService, dataHandlers, dataServices, handlers } from './handlers.ts'
import { localAlive, localHolder } from './holder.ts'
import { type Execution, type ExecutionEvent, execute } from './interpreter.ts'
import { contractsFolder, sqlFolder } from './load-datasets.ts'
import { makeLakeFolder } from './make-folder.ts'
import { modelLoader } from './model-loader.ts'
import { workerPool } from './workers.ts'

export interface LakeOptions {
  folder: string
  notifier: Notifier
  /** Threads for the services that move rows; 0 runs them in this thread. Default: one a core. */
  workers?: number
  settings?: Partial<Settings>
  clock?: Clock
  /** Folders of contracts and of SQL models, in place of those that ship with droplake. */
  datasetFolders?: string[]
  sqlFolders?: string[]
  /** Wraps the object store and the engine's statements; tests end the world with it. */
  wrapStore?: (store: ObjectStore) => ObjectStore
  wrapQuery?: (run: (sql: string) => Promise<void>) => (sql: string) => Promise<void>
  /** Around every call of a service, where they run in this thread. */
  wrapInvoke?: (service: ServiceName, call: () => Promise<unknown>, event: unknown) => Promise<unknown>
  /** Of the query engine. Default 96, which runs need; a large question asked by hand is faster with more. */
  queryMemoryMb?: number
  /** Write through to the disk. Default true; tests that kill no machine leave it out. */
  sync?: boolean
  onEvent?: (event: ExecutionEvent) => void
  /** Given the whole of each error of a step, cells and all; reports and alerts leave those out. */
  onError?: (whole: string) => void
}

/** A lake in a folder and the pipeline over it: the laptop's stage. */
export interface Lake {
  folder: string
  fx: Effects
  /** Starts an execution of the pipeline, as EventBridge or a schedule would. */
  start(input: unknown): Execution
  /** Resolves when no execution of this process runs any more. */
  quiet(): Promise<void>
  close(): Promise<void>
}

const defaultSettleSeconds = 1

export async function openLake(options: LakeOptions): Promise<Lake> {
  const folder = resolve(options.folder)
  makeLakeFolder(folder)
  const { sync = true, datasetFolders = [contractsFolder], sqlFolders = [sqlFolder] } = options
  const settings = { ...defaultSettings, settleSeconds: defaultSettleSeconds, ...options.settings }
  const datasets = await loadContracts(datasetFolders)
  const plainStore = fileStore(folder, { sync })
  const store = options.wrapStore?.(plainStore) ?? plainStore
  const catalog = fileCatalog(store)
  const engine = duckdbEngine({
    store,
    catalog,
    tempFolder: join(folder, '.tmp', 'duckdb'),
    memoryLimitMb: options.queryMemoryMb ?? 96,
    sync,
  })
  const fx: Effects = {
    store,
    catalog,
    engine,
    datasets,
    settings,
    notifier: options.notifier,
    clock: options.clock ?? systemClock,
    executions: { alive: localAlive, holder: localHolder },
    ...modelLoader(sqlFolders, datasets),
  }
  const direct = { ...handlers(fx), ...dataHandlers(fx) }
  const size = options.workers ?? availableParallelism()
  const pool = size > 0 ? workerPool(size, { folder, datasetFolders, settings, sync }) : undefined
  const isDataService = (service: ServiceName): service is DataService => dataServices.includes(service as DataService)
  const query = async (sql: string) => void (await engine.run(sql))
  const running = new Set<Promise<unknown>>()

  const shown = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      options.onError?.(wholeError(error))
      throw error
    }
  }
  const invoke = async (service: ServiceName, event: unknown) => {
    if (pool && isDataService(service)) return pool.run(service, event)
    // What comes may ask the query engine, which wants the memory that idle threads hold.
    await pool?.relieve()
    const call = () => direct[service](event)
    return options.wrapInvoke ? options.wrapInvoke(service, call, event) : call()
  }
  const runQuery = options.wrapQuery?.(query) ?? query

  const start = (input: unknown): Execution => {
    const execution = execute(
      input,
      {
        invoke: (service, event) => shown(invoke(service, event)),
        query: (sql) => shown(runQuery(sql)),
        startExecution: start,
        crawl: (name) => crawlRaw(fx, name, folder),
      },
      options.onEvent,
    )
    running.add(execution.ended)
    void execution.ended.finally(() => running.delete(execution.ended))
    return execution
  }

  const quiet = async () => {
    while (running.size > 0) await Promise.all(running)
  }
  return {
    folder,
    fx,
    start,
    quiet,
    async close() {
      await quiet()
      await pool?.close()
      await engine.close()
    },
  }
}
