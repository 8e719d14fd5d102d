import type { Catalog, CatalogState, CatalogTable } from '@droplake/lake/catalog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface CatalogDriver {
  catalog: Catalog
  /** Sees the same names, knows nothing beforehand: another process. */
  another(): Catalog
  close?(): Promise<void>
}

/** What every catalog must do. `makeDriver` gives an empty catalog; it is called once. */
export function describeCatalog(name: string, makeDriver: () => Promise<CatalogDriver>): void {
  describe(`${name} as catalog`, () => {
    let driver: CatalogDriver
    let catalog: Catalog
    beforeAll(async () => {
      driver = await makeDriver()
      catalog = driver.catalog
    })
    afterAll(() => driver?.close?.())

    it('shows nothing of a dataset before its first state', async () => {
      expect(await catalog.show('unknown')).toBeUndefined()
    })

    it('shows the state it follows: tables with partitions, views, descriptions', async () => {
      const state = stateOf('first', 3)
      await catalog.follow(state)
      expect(await catalog.show('first')).toEqual(state)
      expect(await driver.another().show('first')).toEqual(state)
    })

    it('may be told the same again, and ignores what is older', async () => {
      const state = stateOf('again', 7)
      await catalog.follow(state)
      await catalog.follow(state)
      await catalog.follow(stateOf('again', 5))
      await driver.another().follow(stateOf('again', 6))
      expect(await catalog.show('again')).toEqual(state)
    })

    it('moves on, also when another process moved it', async () => {
      await catalog.follow(stateOf('moving', 1))
      expect((await catalog.show('moving'))?.seq).toBe(1)
      await driver.another().follow(stateOf('moving', 2))
      expect(await catalog.show('moving')).toEqual(stateOf('moving', 2))
      await catalog.follow(stateOf('moving', 10))
      expect(await catalog.show('moving')).toEqual(stateOf('moving', 10))
    })

    it('ends at the greatest of concurrent states', async () => {
      const order = [4, 1, 9, 2, 8, 3, 7, 5, 6]
      await Promise.all(order.map((seq, i) => (i % 2 ? catalog : driver.another()).follow(stateOf('race', seq))))
      expect(await catalog.show('race')).toEqual(stateOf('race', 9))
    })

    it('shows a registered table beside the state, until a state names it', async () => {
      await catalog.follow(stateOf('build', 1))
      const version = buildTable('build', 'dim_customer__r2_1', 5)
      await catalog.register('build', version)
      const shown = await driver.another().show('build')
      expect(shown?.seq).toBe(1)
      expect(shown?.tables).toEqual([...stateOf('build', 1).tables, version])
      expect((await catalog.show('build'))?.tables).toContainEqual(version)

      const next = stateOf('build', 2)
      const published = { ...next, tables: [...next.tables, { ...version, description: 'published' }] }
      await catalog.follow(published)
      expect(await catalog.show('build')).toEqual(published)
    })

    it('registers a table twice without harm, and refuses other content under its name', async () => {
      await catalog.follow(stateOf('twice', 1))
      const version = buildTable('twice', 'fact__r1_1', 5)
      await catalog.register('twice', version)
      await catalog.register('twice', structuredClone(version))
      await expect(driver.another().register('twice', buildTable('twice', 'fact__r1_1', 6))).rejects.toThrow(
        /other content/,
      )
      expect((await catalog.show('twice'))?.tables).toContainEqual(version)
    })

    it('forgets registered tables that are not kept and superseded states, but neither before their time', async () => {
      await catalog.follow(stateOf('pruned', 1))
      await catalog.follow(stateOf('pruned', 2))
      const [old, kept] = [buildTable('pruned', 'old', 1), buildTable('pruned', 'kept', 1)]
      for (const table of [old, kept]) await catalog.register('pruned', table)
      const hour = 3_600_000
      await catalog.prune('pruned', { keep: new Set(['kept']), before: Date.now() - hour })
      expect((await catalog.show('pruned'))?.tables).toContainEqual(old)
      await catalog.prune('pruned', { keep: new Set(['kept']), before: Date.now() + hour })
      for (const reader of [catalog, driver.another()])
        expect(await reader.show('pruned')).toEqual({
          ...stateOf('pruned', 2),
          tables: [...stateOf('pruned', 2).tables, kept],
        })
    })

    it('keeps datasets apart and names them', async () => {
      await catalog.follow(stateOf('apart_a', 1))
      await catalog.follow(stateOf('apart_b', 2))
      expect((await catalog.show('apart_a'))?.seq).toBe(1)
      const datasets = await catalog.datasets()
      expect(datasets).toEqual([...datasets].sort())
      expect(datasets).toEqual(expect.arrayContaining(['apart_a', 'apart_b']))
      expect(datasets).not.toContain('unknown')
    })

    it('holds tables with hundreds of partitions', async () => {
      const state = stateOf('wide', 1, 400)
      await catalog.follow(state)
      expect(await driver.another().show('wide')).toEqual(state)
    })
  })
}

function stateOf(dataset: string, seq: number, partitions = 2): CatalogState {
  const orders: CatalogTable = {
    database: `${dataset}_cleaned`,
    name: 'orders',
    description: 'one row an order',
    columns: [
      { name: 'order_id', type: { kind: 'text' }, description: 'key' },
      { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
      { name: 'n', type: { kind: 'int' } },
      { name: 'big', type: { kind: 'bigint' } },
      { name: 'x', type: { kind: 'double' } },
      { name: 'at', type: { kind: 'timestamp' } },
      { name: 'day', type: { kind: 'date' } },
      { name: 'ok', type: { kind: 'boolean' } },
    ],
    partitionColumn: 'order_month',
    partitions: Array.from({ length: partitions }, (_, i) => {
      const value = `${2000 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`
      const location = `cleaned/${dataset}/orders/${value}/r${seq}/`
      return { value, location, files: [`${location}0.parquet`, `${location}1.parquet`], rows: i + seq }
    }),
  }
  const model = buildTable(dataset, `dim_order__r${seq}_1`, seq)
  return {
    dataset,
    seq,
    tables: [orders, model],
    views: [
      {
        database: `${dataset}_curated`,
        name: 'dim_order',
        target: { database: model.database, name: model.name },
        seq,
      },
    ],
  }
}

function buildTable(dataset: string, name: string, rows: number): CatalogTable {
  const location = `curated/${dataset}/${name}/`
  return {
    database: `${dataset}_build`,
    name,
    columns: [{ name: 'id', type: { kind: 'bigint' } }],
    partitions: [{ value: '', location, files: [`${location}0.parquet`], rows }],
  }
}
