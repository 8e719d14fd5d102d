import { AsyncLocalStorage } from 'node:async_hooks'
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { ObjectStore } from '@droplake/lake/object-store'
import { crawlRaw } from '@droplake/local/crawl-raw'
import { dataHandlers, handlers } from '@droplake/local/handlers'
import { execute } from '@droplake/local/interpreter'
import { openLake } from '@droplake/local/lake'
import { sweep } from '@droplake/services/sweep/sweep'
import { wake } from '@droplake/services/wake/wake'
import { interceptedStore, type Operation } from '../kill/intercepted-store.ts'

/** One operation on the object store, by the service that did it. */
export interface Observed {
  service: string
  kind: Operation['kind'] | 'copy from'
  key: string
  /** A read of one version. */
  version: boolean
}

/**
 * What each service does with the bucket, seen while the real services run over a generated lake: whole runs with large files,
 * enrichment and models, drops again, a lost event, an unroutable file, a run that failed, a run whose holder died, a sweep.
 */
export async function observeServices(folder: string): Promise<Observed[]> {
  const current = new AsyncLocalStorage<string>()
  const seen: Observed[] = []
  const note = (kind: Observed['kind'], key: string, version = false) =>
    seen.push({ service: current.getStore() ?? 'nobody', kind, key, version })
  const observed = (store: ObjectStore): ObjectStore => ({
    ...interceptedStore(store, ({ kind, key }, go) => {
      note(kind, key)
      return go()
    }),
    read(key, options) {
      note('read', key, options?.version !== undefined)
      return store.read(key, options)
    },
    head(key, version) {
      note('head', key, version !== undefined)
      return store.head(key, version)
    },
    copy(from, to) {
      note('copy from', from)
      note('copy', to)
      return store.copy(from, to)
    },
  })

  const lake = await openLake({
    folder: join(folder, 'lake'),
    notifier: { notify: async () => {} },
    workers: 0,
    sync: false,
    settings: { settleSeconds: 0, sliceBytes: 20_000, packBytes: 20_000, bucketRows: 500 },
  })
  const fx = { ...lake.fx, store: observed(lake.fx.store) }
  const services: Record<string, (event: unknown) => Promise<unknown>> = { ...handlers(fx), ...dataHandlers(fx) }
  const as = <T>(service: string, work: () => Promise<T>) => current.run(service, work)
  let failing: string[] = []

  const start = async (input: unknown): Promise<void> => {
    const next: unknown[] = []
    await execute(input, {
      invoke: (service, event) =>
        as(service, async () => {
          if (failing.includes(service)) throw new Error('the test says so')
          return services[service]?.(event)
        }),
      query: async (sql) => void (await lake.fx.engine.run(sql)),
      startExecution: (again) => next.push(again),
      crawl: (name) => crawlRaw(lake.fx, name),
    }).ended
    for (const again of next) await start(again)
  }
  const bell = async (key: string) => {
    const info = await lake.fx.store.head(key)
    const object = { key, etag: info?.etag, 'version-id': info?.version, size: info?.size }
    return { detail: { object }, time: new Date(info?.lastModified ?? 0).toISOString() }
  }
  const put = (name: string, from: string) => {
    mkdirSync(join(lake.folder, 'raw/olist'), { recursive: true })
    copyFileSync(from, join(lake.folder, 'raw/olist', name))
    return `raw/olist/${name}`
  }
  const wakeUp = (reason: 'pass' | 'listing') =>
    as('wake', () => wake({ ...fx, starter: { start: (input) => start(input) } }, { reason }))
  const round = (graceMs: number) =>
    as('sweep', () =>
      sweep(fx, { dataset: 'olist', execution: 'sweep', startedAt: new Date().toISOString(), keep: 1, graceMs }),
    )

  try {
    for (const seed of [1, 2]) {
      const files = join(folder, `files-${seed}`)
      await generateOlistWithClickstream(files, { seed, orders: 150, defects: 0.02 })
      const keys = readdirSync(files).map((name) => put(name.replace('.csv', `-${seed}.csv`), join(files, name)))
      // A run that cannot even be ended is as good as dead: the next one takes over.
      failing = seed === 2 ? ['models', 'finish'] : []
      await Promise.all(keys.map(async (key) => start(await bell(key))))
      failing = []
      await wakeUp('pass')
    }
    const again = join(folder, 'files-1')
    const [first = ''] = readdirSync(again)
    await start(await bell(put('unroutable.txt', join(again, first))))
    put(first.replace('.csv', '-again.csv'), join(again, first))
    await wakeUp('listing')
    await round(-1)
    return seen
  } finally {
    await lake.close()
  }
}
