import type { Catalog, CatalogState, CatalogTable } from '@droplake/lake/catalog'
import type { Notifier } from '@droplake/lake/notifier'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { QueryEngine } from '@droplake/lake/query-engine'
import { partBytes } from '@droplake/lake/s3-writer'
import { type Counts, noCounts } from './counts.ts'
import { type BilledService, gbSecondsOf } from './lambda-time.ts'

/** Wrappers that count what a run would be billed for, were it on AWS. Calls and queries go one at a time, to be timed apart. */
export interface Meter {
  counts: Counts
  store(store: ObjectStore): ObjectStore
  engine(engine: QueryEngine): QueryEngine
  catalog(catalog: Catalog): Catalog
  notifier(notifier: Notifier): Notifier
  call(service: BilledService, work: () => Promise<unknown>): Promise<unknown>
  query(run: (sql: string) => Promise<void>): (sql: string) => Promise<void>
  /** Of the interpreter. */
  event(event: { type: string; state?: string }): void
}

/** Data files that a statement has to look at. */
export interface Scan {
  bytes: number
  files: number
  folders: number
}

/** `scanOf`: of all tables that a statement names. */
export function createMeter(scanOf: (sql: string) => Promise<Scan>): Meter {
  const counts = noCounts()
  const inside = { requests: 0, queries: 0, engineMs: 0 }
  const alone = oneAtATime()
  const write = (requests = 1) => {
    counts.writes += requests
    inside.requests += requests
  }
  const read = () => {
    counts.reads += 1
    inside.requests += 1
  }
  async function asked<T>(sql: string, run: () => Promise<T>): Promise<T> {
    counts.queries += 1
    inside.queries += 1
    const { bytes, files, folders } = await scanOf(sql)
    counts.scannedBytes += bytes
    // Athena lists folders, reads each file's end and its columns, and writes an answer with its description.
    counts.writes += folders + 2
    counts.reads += 2 * files
    const before = cpuMs()
    try {
      return await run()
    } finally {
      inside.engineMs += cpuMs() - before
    }
  }

  return {
    counts,
    store: (store) => countedStore(store, { read, write }),
    engine: (engine) => ({ ...engine, run: (sql, options) => asked(sql, () => engine.run(sql, options)) }),
    catalog: (catalog) => {
      const request = (requests: number) => {
        counts.glueRequests += requests
        inside.requests += requests
      }
      return countedCatalog(catalog, request)
    },
    notifier: (notifier) => ({
      notify(alert) {
        counts.messages += 1
        inside.requests += 1
        return notifier.notify(alert)
      },
    }),
    call: (service, work) =>
      alone(async () => {
        Object.assign(inside, { requests: 0, queries: 0, engineMs: 0 })
        const before = cpuMs()
        try {
          return await work()
        } finally {
          const { requests, queries, engineMs } = inside
          counts.lambdaCalls += 1
          counts.gbSeconds += gbSecondsOf({ service, cpuMs: cpuMs() - before - engineMs, requests, queries })
        }
      }),
    query: (run) => (sql) => alone(() => asked(sql, () => run(sql))),
    event({ type, state }) {
      if (type === 'StateEntered' || type === 'StateRetried') counts.transitions += 1
      if (type === 'StateEntered' && state === 'Start Crawler') counts.crawls += 1
    },
  }
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work)
    last = next
    return next
  }
}

interface Tell {
  read(): void
  write(requests?: number): void
}

/** The laptop's catalog lies in its store; a stage's is Glue. */
const isCatalog = (key: string) => key.startsWith('ops/catalog/') || key.startsWith('ops/crawls/')

/** As the S3 driver asks: a copy looks at its source first, a listing is a request for 1,000 keys, deletions are free. */
function countedStore(store: ObjectStore, tell: Tell): ObjectStore {
  const read = (key: string) => isCatalog(key) || tell.read()
  const write = (key: string, requests?: number) => isCatalog(key) || tell.write(requests)
  return {
    ...store,
    head(key, version) {
      read(key)
      return store.head(key, version)
    },
    read(key, options) {
      read(key)
      return store.read(key, options)
    },
    put(key, bytes, options) {
      write(key)
      return store.put(key, bytes, options)
    },
    async writer(key) {
      const writer = await store.writer(key)
      let size = 0
      return {
        ...writer,
        write(bytes) {
          size += bytes.length
          return writer.write(bytes)
        },
        close() {
          write(key, requestsOf(size))
          return writer.close()
        },
      }
    },
    copy(from, to) {
      read(from)
      write(to)
      return store.copy(from, to)
    },
    async *list(prefix, options) {
      let objects = 0
      write(prefix)
      for await (const info of store.list(prefix, options)) {
        if (objects > 0 && objects % 1_000 === 0) write(prefix)
        objects += 1
        yield info
      }
    },
  }
}

/** One PutObject, or the begin, the parts and the end of a multipart upload. */
function requestsOf(size: number): number {
  if (size < partBytes(0)) return 1
  let parts = 0
  for (let left = size; left > 0; parts += 1) left -= partBytes(parts)
  return parts + 2
}

/** A look at each of the dataset's databases, then one request for each name that moves and each hundred of its partitions. */
function countedCatalog(catalog: Catalog, request: (requests: number) => void): Catalog {
  const shown = new Map<string, Map<string, string>>()
  const looks = 4
  return {
    ...catalog,
    follow(state, ...rest) {
      const before = shown.get(state.dataset) ?? new Map<string, string>()
      const after = namesOf(state)
      request(looks)
      for (const [name, { content, partitions }] of after)
        if (before.get(name) !== content) request(1 + Math.ceil(partitions / 100) * 2)
      shown.set(state.dataset, new Map([...after].map(([name, { content }]) => [name, content])))
      return catalog.follow(state, ...rest)
    },
    async show(dataset) {
      const state = await catalog.show(dataset)
      // Of tables that are only built the partitions are not read.
      const viewed = new Set(state?.views.map(({ target }) => `${target.database}.${target.name}`))
      const isRead = ({ database, name, partitionColumn }: CatalogTable) =>
        partitionColumn !== undefined && (!database.endsWith('_build') || viewed.has(`${database}.${name}`))
      request(looks + (state?.tables.filter(isRead).length ?? 0))
      return state
    },
    register(dataset, table) {
      request(2 + Math.ceil(table.partitions.length / 100) * 2)
      return catalog.register(dataset, table)
    },
  }
}

function namesOf({ tables, views }: CatalogState): Map<string, { content: string; partitions: number }> {
  const named = [
    ...tables.map((table) => ({ ...table, partitions: table.partitionColumn === undefined ? [] : table.partitions })),
    ...views.map((view) => ({ ...view, partitions: [] })),
  ]
  return new Map(
    named.map((each) => [
      `${each.database}.${each.name}`,
      { content: JSON.stringify(each), partitions: each.partitions.length },
    ]),
  )
}
