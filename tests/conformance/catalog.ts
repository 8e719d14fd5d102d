import type { Catalog, CatalogState, CatalogTable } from '@droplake/lake/catalog'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

export interface CatalogDriver {
  catalog: Catalog
  /** Sees the same names, knows nothing beforehand: another process. */
  another(): Catalog
  close?(): Promise<void>
}

/** What every catalog must do. `makeDriver` gives a catalog that shows nothing of any dataset; it is called once. */
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
      expect(await shown(catalog, 'first')).toEqual(sorted(state))
      expect(await shown(driver.another(), 'first')).toEqual(sorted(state))
    })

    it('may be told the same again, and ignores what is older', async () => {
      const state = stateOf('again', 7)
      await catalog.follow(state)
      await catalog.follow(state)
      await catalog.follow(stateOf('again', 5))
      await driver.another().follow(stateOf('again', 6))
      expect(await shown(catalog, 'again')).toEqual(sorted(state))
    })

    it('moves on, also when another process moved it', async () => {
      await catalog.follow(stateOf('moving', 1))
      expect((await catalog.show('moving'))?.seq).toBe(1)
      await driver.another().follow(stateOf('moving', 2))
      expect(await shown(catalog, 'moving')).toEqual(sorted(stateOf('moving', 2)))
      await catalog.follow(stateOf('moving', 10))
      expect(await shown(catalog, 'moving')).toEqual(sorted(stateOf('moving', 10)))
    })

    it('ends at the greatest of concurrent states', async () => {
      const order = [4, 1, 9, 2, 8, 3, 7, 5, 6]
      await Promise.all(order.map((seq, i) => (i % 2 ? catalog : driver.another()).follow(stateOf('race', seq))))
      expect(await shown(catalog, 'race')).toEqual(sorted(stateOf('race', 9)))
    })

    it('shows a registered table beside the state, until a state names it', async () => {
      await catalog.follow(stateOf('build', 1))
      const version = buildTable('build', 'dim_customer__r2_1', 5)
      await catalog.register('build', version)
      const first = stateOf('build', 1)
      expect(await shown(driver.another(), 'build')).toEqual(sorted({ ...first, tables: [...first.tables, version] }))
      expect((await catalog.show('build'))?.tables).toContainEqual(version)

      const next = stateOf('build', 2)
      const published = { ...next, tables: [...next.tables, { ...version, description: 'published' }] }
      await catalog.follow(published)
      expect(await shown(catalog, 'build')).toEqual(sorted(published))
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
      const state = stateOf('pruned', 2)
      for (const reader of [catalog, driver.another()])
        expect(await shown(reader, 'pruned')).toEqual(sorted({ ...state, tables: [...state.tables, kept] }))
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

    it('holds tables with hundreds of partitions, and lets most of them go', async () => {
      for (const [seq, partitions] of [400, 3].entries()) {
        const state = stateOf('wide', seq, partitions)
        await catalog.follow(state)
        expect(await shown(driver.another(), 'wide')).toEqual(sorted(state))
      }
    })

    it('follows a table to other columns, another description, without rows, and away', async () => {
      const one = stateOf('changing', 1)
      const [orders, model] = one.tables as [CatalogTable, CatalogTable]
      const more = { name: 'note', type: { kind: 'text' as const }, description: 'ço\nnd '.repeat(300) }
      const states = [
        one,
        { ...one, seq: 2, tables: [{ ...orders, columns: [...orders.columns, more] }, model] },
        { ...one, seq: 3, tables: [{ ...orders, description: 'line\n'.repeat(1_000), partitions: [] }, model] },
        { ...one, seq: 4, tables: [{ ...model, partitions: [] }] },
        { ...one, seq: 5, tables: [], views: [] },
      ]
      for (const state of states) {
        await catalog.follow(state)
        expect(await shown(catalog, 'changing')).toEqual(sorted(state))
      }
    })

    it('registers tables with partitions, and without rows', async () => {
      await catalog.follow(stateOf('parts', 1))
      const partitions = stateOf('parts', 1, 150).tables[0]?.partitions ?? []
      const table = { ...buildTable('parts', 'fact__r1_1', 1), partitionColumn: 'month', partitions }
      const empty = { ...buildTable('parts', 'empty__r1_1', 1), partitions: [] }
      for (const one of [table, empty, table]) await catalog.register('parts', one)
      const state = stateOf('parts', 1)
      expect(await shown(driver.another(), 'parts')).toEqual(
        sorted({ ...state, tables: [...state.tables, table, empty] }),
      )
      const fewer = { ...table, partitions: partitions.slice(1) }
      await expect(catalog.register('parts', fewer)).rejects.toThrow(/other content/)
    })
  })
}

const shown = async (catalog: Catalog, dataset: string) => sorted(await catalog.show(dataset))

/** What is shown has no order. */
function sorted(state: CatalogState | undefined): CatalogState | undefined {
  const nameOf = ({ database, name }: { database: string; name: string }) => `${database}.${name}`
  const byName = <T extends { database: string; name: string }>(of: T[]) =>
    of.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  return state && { ...state, tables: byName(state.tables), views: byName(state.views) }
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
