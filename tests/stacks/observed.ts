import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { ObjectStore } from '@droplake/lake/object-store'
import { crawlRaw } from '@droplake/local/crawl-raw'
import { dataHandlers, handlers } from '@droplake/local/handlers'
import { execute } from '@droplake/local/interpreter'
import { openLake } from '@droplake/local/lake'
import { serviceNames } from '@droplake/pipeline/definition'
import { rollback } from '@droplake/pipeline/rollback'
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

function observed(store: ObjectStore, service: string, seen: Observed[]): ObjectStore {
  const note = (kind: Observed['kind'], key: string, version = false) => seen.push({ service, kind, key, version })
  return {
    ...interceptedStore(store, ({ kind, key }, go) => {
      note(kind, key)
      return go()
    }),
    // As in a bucket.
    datesUploads: true,
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
  }
}

/**
 * What each service does with the bucket, seen while the real services run over a generated lake: whole runs with large files,
 * enrichment and models, drops again, a lost event, an unroutable file, a run that failed, a run whose holder died, a rollback, a sweep.
 */
export async function observeServices(folder: string): Promise<Observed[]> {
  const seen: Observed[] = []

  const lake = await openLake({
    folder: join(folder, 'lake'),
    notifier: { notify: async () => {} },
    workers: 0,
    sync: false,
    settings: { settleSeconds: 0, sliceBytes: 20_000, packBytes: 20_000, bucketRows: 500 },
  })
  // A store each, as each Lambda has: what a process has read of the log it does not read again.
  const fxOf = (service: string) => ({ ...lake.fx, store: observed(lake.fx.store, service, seen) })
  const invoke = Object.fromEntries(
    serviceNames.map((service) => {
      const fx = fxOf(service)
      const all: Record<string, (event: unknown) => Promise<unknown>> = { ...handlers(fx), ...dataHandlers(fx) }
      return [service, all[service]]
    }),
  )
  const [wakeFx, sweepFx, rollbackFx] = [fxOf('wake'), fxOf('sweep'), fxOf('rollback')]
  let failing: string[] = []

  const start = async (input: unknown): Promise<void> => {
    const next: unknown[] = []
    await execute(input, {
      async invoke(service, event) {
        if (failing.includes(service)) throw new Error('the test says so')
        return invoke[service]?.(event)
      },
      query: async (sql) => void (await lake.fx.engine.run(sql)),
      startExecution: (again) => next.push(again),
      crawl: (name) => crawlRaw(lake.fx, name, lake.folder),
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
    wake({ ...wakeFx, starter: { start: (input) => start(input) } }, { reason })
  const round = (graceMs: number) =>
    sweep(sweepFx, { dataset: 'olist', execution: 'sweep', startedAt: new Date().toISOString(), keep: 1, graceMs })

  /** A run that cannot even be ended is as good as dead: the next one takes over. */
  const failingAt = async (names: string[], work: () => Promise<unknown>) => {
    failing = names
    await work()
    failing = []
  }
  const dropAll = (path: string, suffix: string) => {
    const keys = readdirSync(path).map((name) => put(name.replace('.csv', `-${suffix}.csv`), join(path, name)))
    return Promise.all(keys.map(async (key) => start(await bell(key))))
  }

  try {
    const folders = [1, 2].map((seed) => join(folder, `files-${seed}`))
    for (const [n, path] of folders.entries())
      await generateOlistWithClickstream(path, { seed: n + 1, orders: 150, defects: 0.02 })
    const [first = '', second = ''] = folders
    const [name = ''] = readdirSync(first)
    await dropAll(first, 'first')
    await failingAt(['clean'], async () => start(await bell(put('olist_sellers_dataset-bad.csv', join(first, name)))))
    await wakeUp('pass')
    await failingAt(['models', 'finish'], () => dropAll(second, 'second'))
    await wakeUp('pass')
    const notes = join(folder, 'notes.txt')
    writeFileSync(notes, 'no rows\n')
    await start(await bell(put('unroutable.txt', notes)))
    put(name.replace('.csv', '-lost.csv'), join(first, name))
    await rollback(rollbackFx, {
      dataset: 'olist',
      model: 'dim_product',
      execution: 'rollback',
      startedAt: new Date().toISOString(),
    })
    put('also-unroutable.txt', notes)
    for (const failing of [
      ['clean', 'finish'],
      ['models', 'finish'],
    ])
      await failingAt(failing, () => wakeUp('listing'))
    await round(-1)
    return seen
  } finally {
    await lake.close()
  }
}
