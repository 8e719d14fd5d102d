import { describe, expect, it } from 'vitest'
import type { CatalogState } from './catalog.ts'
import { fileCatalog } from './file-catalog.ts'
import { memoryStore } from './memory-store.ts'
import type { ObjectStore } from './object-store.ts'

const stateOf = (seq: number): CatalogState => ({ dataset: 'olist', seq, tables: [], views: [] })
const table = (name: string) => ({ database: 'olist_build', name, columns: [], partitions: [] })

function counting(store: ObjectStore): ObjectStore & { reads: string[]; listed: string[] } {
  const reads: string[] = []
  const listed: string[] = []
  return {
    ...store,
    reads,
    listed,
    read(key, options) {
      reads.push(key)
      return store.read(key, options)
    },
    async *list(prefix, options) {
      for await (const info of store.list(prefix, options)) {
        listed.push(info.key)
        yield info
      }
    },
  }
}

describe('the catalog in objects', () => {
  it('reads each object once, and lists no states that it knows to be superseded', async () => {
    const store = counting(memoryStore())
    const catalog = fileCatalog(store)
    for (let seq = 1; seq <= 20; seq += 1) await catalog.follow(stateOf(seq))
    await catalog.register('olist', table('a__r1_1'))
    await catalog.show('olist')
    store.reads.length = 0
    store.listed.length = 0
    expect((await catalog.show('olist'))?.seq).toBe(20)
    expect(store.reads).toEqual([])
    expect(store.listed).toEqual(['ops/catalog/olist/00000020.json', 'ops/catalog/olist/build/a__r1_1.json'])
    await catalog.follow(stateOf(21))
    await catalog.register('olist', table('b__r1_1'))
    await catalog.show('olist')
    expect(store.reads).toEqual(['ops/catalog/olist/00000021.json', 'ops/catalog/olist/build/b__r1_1.json'])
  })

  it('keeps nothing of what was swept', async () => {
    const store = memoryStore()
    const catalog = fileCatalog(store)
    await catalog.follow(stateOf(1))
    await catalog.follow(stateOf(2))
    await catalog.register('olist', table('a__r1_1'))
    expect((await catalog.show('olist'))?.tables).toHaveLength(1)
    await store.delete(['ops/catalog/olist/00000001.json', 'ops/catalog/olist/build/a__r1_1.json'])
    expect((await catalog.show('olist'))?.tables).toEqual([])
    await store.delete(['ops/catalog/olist/00000002.json'])
    expect(await catalog.show('olist')).toBeUndefined()
    await catalog.follow(stateOf(1))
    expect((await catalog.show('olist'))?.seq).toBe(1)
  })

  it('survives a sweep between its listing and its reading', async () => {
    const inner = memoryStore()
    await fileCatalog(inner).follow(stateOf(1))
    let swept = false
    const store: ObjectStore = {
      ...inner,
      async read(key, options) {
        if (!swept) {
          swept = true
          await fileCatalog(inner).follow(stateOf(2))
          await inner.delete([key])
        }
        return inner.read(key, options)
      },
    }
    expect((await fileCatalog(store).show('olist'))?.seq).toBe(2)
  })
})
