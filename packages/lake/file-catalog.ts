import { isDeepStrictEqual } from 'node:util'
import type { Catalog, CatalogState, CatalogTable, CrawledTable } from './catalog.ts'
import { inBatches } from './file-io.ts'
import { checkFormat, lakeFormat } from './format.ts'
import { ObjectNotFound, type ObjectStore, PreconditionFailed } from './object-store.ts'

/**
 * The catalog as objects that are created once: `ops/catalog/<dataset>/<seq>.json` holds a whole state, and
 * `ops/catalog/<dataset>/build/<table>.json` a registered table. Readers take the greatest state, so all tables of a
 * dataset move at once. What `show` returns is shared between callers: look, do not touch.
 */
export function fileCatalog(store: ObjectStore): Catalog {
  const home = 'ops/catalog/'
  const folder = (dataset: string) => `${home}${dataset}/`
  const stateKey = (dataset: string, seq: number) => `${folder(dataset)}${String(seq).padStart(8, '0')}.json`
  const isState = (dataset: string, key: string) => /^\d{8,}\.json$/.test(key.slice(folder(dataset).length))
  /** Greatest state key seen of each dataset: where the next listing begins. */
  const newest = new Map<string, string>()
  /** Parsed objects by key and etag; they never change. */
  const parsed = new Map<string, Map<string, unknown>>()

  async function create(key: string, value: unknown): Promise<boolean> {
    try {
      await store.put(key, Buffer.from(`${JSON.stringify(value)}\n`), { ifAbsent: true })
      return true
    } catch (error) {
      if (error instanceof PreconditionFailed) return false
      throw error
    }
  }

  const load = async (key: string): Promise<unknown> => {
    const text = new TextDecoder().decode(await store.read(key))
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new DamagedCatalog(key, text.trim() === '' ? 'is empty' : 'is damaged', { cause })
    }
  }
  /** One damaged table must not take the others with it: it is left out, as if nothing had registered it. */
  const loadTable = (key: string) =>
    load(key).catch((error: unknown) => {
      if (error instanceof DamagedCatalog) return undefined
      throw error
    })

  /** Identities (key and etag) of the newest state and of all registered tables. */
  async function look(dataset: string): Promise<{ state?: Named; registered: Named[] }> {
    const seen = newest.get(dataset)
    // From just before the newest state that was seen, so that its absence would show.
    const after = seen && stateKey(dataset, Math.max(0, Number.parseInt(seen.slice(folder(dataset).length), 10) - 1))
    let state: Named | undefined
    const registered: Named[] = []
    for await (const { key, etag } of store.list(folder(dataset), after ? { after } : {})) {
      if (isState(dataset, key)) state = { key, identity: `${key} ${etag}` }
      else if (key.startsWith(`${folder(dataset)}build/`)) registered.push({ key, identity: `${key} ${etag}` })
    }
    if (state) newest.set(dataset, state.key)
    else if (seen) {
      newest.delete(dataset)
      return look(dataset)
    }
    return { ...(state ? { state } : {}), registered }
  }

  async function show(dataset: string, attempt = 1): Promise<CatalogState | undefined> {
    const { state, registered } = await look(dataset)
    if (!state) return undefined
    const known = parsed.get(dataset)
    const current = new Map<string, unknown>()
    const get = async ({ key, identity }: Named, read = load): Promise<unknown> => {
      const value = known?.get(identity) ?? (await read(key))
      current.set(identity, value)
      return value
    }
    try {
      const { format, ...shown } = (await get(state)) as CatalogState & { format?: number }
      checkFormat({ format })
      const named = new Set(shown.tables.map(nameOf))
      const found = (await inBatches(registered, 16, (each) => get(each, loadTable))) as (CatalogTable | undefined)[]
      const beside = found.filter((table) => table !== undefined)
      parsed.set(dataset, current)
      return { ...shown, tables: [...shown.tables, ...beside.filter((table) => !named.has(nameOf(table)))] }
    } catch (error) {
      // Swept between listing and reading.
      if (error instanceof ObjectNotFound && attempt < 10) return show(dataset, attempt + 1)
      throw error
    }
  }

  return {
    async follow(state) {
      const { state: latest } = await look(state.dataset)
      const key = stateKey(state.dataset, state.seq)
      if (latest && latest.key >= key) return
      await create(key, { format: lakeFormat, ...state })
    },
    async register(dataset, table) {
      const key = `${folder(dataset)}build/${table.name}.json`
      if (await create(key, table)) return
      if (!isDeepStrictEqual(await load(key), JSON.parse(JSON.stringify(table))))
        throw new Error(`catalog: ${table.database}.${table.name} is registered with other content; take a new name`)
    },
    async prune(dataset, { keep, before }) {
      const states: string[] = []
      const old: string[] = []
      for await (const { key, lastModified } of store.list(folder(dataset))) {
        if (isState(dataset, key)) states.push(key)
        const name = key.slice(`${folder(dataset)}build/`.length, -'.json'.length)
        if (lastModified < before && (isState(dataset, key) || !keep.has(name))) old.push(key)
      }
      await store.delete(old.filter((key) => key !== states.at(-1)))
    },
    show: (dataset) => show(dataset),
    async crawled(dataset) {
      try {
        return (await load(crawlKey(dataset))) as CrawledTable[]
      } catch (error) {
        if (error instanceof ObjectNotFound) return []
        throw error
      }
    },
    async datasets() {
      const found = new Set<string>()
      let after: string | undefined
      for (;;) {
        const next = await firstKey(store, home, after)
        const dataset = next?.slice(home.length).split('/')[0]
        if (!dataset) return [...found]
        found.add(dataset)
        after = `${folder(dataset)}\u{10ffff}`
      }
    },
  }
}

/** Where the laptop's crawler leaves what it found; replaced by every crawl. */
export const crawlKey = (dataset: string) => `ops/crawls/${dataset}.json`

/** Thrown when the newest state of the catalog is no longer what was written. */
export class DamagedCatalog extends Error {
  override readonly name = 'DamagedObject'
  constructor(key: string, how: string, options: ErrorOptions) {
    super(`lake: ${key} ${how}; droplake run writes the catalog anew`, options)
  }
}

interface Named {
  key: string
  identity: string
}

const nameOf = (table: CatalogTable) => `${table.database}.${table.name}`

async function firstKey(store: ObjectStore, prefix: string, after?: string): Promise<string | undefined> {
  for await (const info of store.list(prefix, after ? { after } : {})) return info.key
  return undefined
}
