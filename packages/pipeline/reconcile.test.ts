import { text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import type { CatalogState } from '@droplake/lake/catalog'
import { describe, expect, test } from 'vitest'
import { defaultSettings } from './effects.ts'
import { emptyState, type LakeState } from './lake-state.ts'
import { append, Fenced } from './log.ts'
import { catalogState, reconcile } from './reconcile.ts'
import { shops } from './testing/shops.ts'
import { datasetWith, holderOf, testLake } from './testing/test-lake.ts'
import { ringFor, wholeRun } from './testing/test-run.ts'

const orders: TableSpec = {
  description: 'orders',
  files: 'orders*.csv',
  columns: { id: text.required({ description: 'order' }), at: timestamp.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'at' },
}
const dataset = datasetWith({ orders, shops })
const published = (table: string, seq: number) => ({ sqlHash: 'h', inputs: {}, partitions: {}, table, seq })

test('before anything came every table of the contract is there, empty, with its columns and lineage', () => {
  const { tables, views, seq } = catalogState(dataset, emptyState('d'), defaultSettings)
  expect(seq).toBe(0)
  expect(views).toEqual([])
  expect(tables).toMatchObject([
    { database: 'd_cleaned', name: 'orders', description: 'orders', partitionColumn: 'month', partitions: [] },
    { database: 'd_cleaned', name: 'shops', partitions: [] },
  ])
  expect(tables[0]?.columns.map(({ name }) => name)).toEqual([
    'id',
    'at',
    '_source_file',
    '_source_row',
    '_source_arrived_at',
    '_ingested_at',
    '_run_id',
    '_key_hash',
  ])
  expect(tables[0]?.columns[0]).toEqual({ name: 'id', type: { kind: 'text' }, description: 'order' })
  expect(tables[1]).not.toHaveProperty('partitionColumn')
})

test('partitions show the files that the log names', () => {
  const file = { key: 'cleaned/d/orders/month=2018-01/r1/0-0.parquet', bucket: 0, rows: 3, bytes: 9 }
  const location = 'cleaned/d/orders/month=2018-01/r1/'
  const partitions = { '2018-01': { location, buckets: 1, files: [file], rows: 3 } }
  const state: LakeState = { ...emptyState('d'), seq: 2, tables: { orders: { partitions, seq: 2 } } }
  expect(catalogState(dataset, state, defaultSettings).tables[0]?.partitions).toEqual([
    { value: '2018-01', location, files: [file.key], rows: 3 },
  ])
})

test('dimensions move before the facts that point at them, and each view shows its published version', () => {
  const models = {
    fact_orders: published('fact_orders__r1_1', 4),
    dim_shop: published('dim_shop__r0_1', 2),
    a_mart: published('a_mart__r1_2', 4),
    dim_day: published('dim_day__r1_1', 4),
  }
  const { views } = catalogState(dataset, { ...emptyState('d'), models }, defaultSettings)
  expect(views.map(({ name }) => name)).toEqual(['dim_day', 'dim_shop', 'a_mart', 'fact_orders'])
  expect(views[1]).toEqual({
    database: 'd_curated',
    name: 'dim_shop',
    target: { database: 'd_build', name: 'dim_shop__r0_1' },
    seq: 2,
  })
})

test('the catalog that followed the log stays ahead of one that follows an older state of it', async () => {
  const lake = testLake({ tables: { orders, shops } })
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: 'id\na\nb\n' })
  await wholeRun(lake, 'r1')
  const before = await lake.state()
  await ringFor(lake, { name: 'shops2.csv', table: 'shops', bytes: 'id\nc\n' })
  await wholeRun(lake, 'r2')
  await lake.fx.catalog.follow(catalogState(dataset, before, defaultSettings))
  const shown = await lake.fx.catalog.show('d')
  expect(shown?.seq).toBe((await lake.state()).seq)
  expect(shown?.tables.find(({ name }) => name === 'shops')?.partitions).toMatchObject([{ value: '', rows: 3 }])
})

describe('a catalog that moves step by step', () => {
  /** A lake in which `meanwhile` happens between the first two steps, and what the catalog followed to its end. */
  async function followed(meanwhile: (lake: ReturnType<typeof testLake>) => Promise<unknown>) {
    const lake = testLake({ tables: { orders, shops } })
    await append(lake.fx, await lake.state(), { kind: 'begin', run: 'r1', holder: holderOf('e1'), purpose: 'pipeline' })
    const states: CatalogState[] = []
    let steps = 0
    const catalog = {
      ...lake.fx.catalog,
      async follow(state: CatalogState, { still }: { still?: () => Promise<void> } = {}) {
        await still?.()
        steps += 1
        if (steps === 1) await meanwhile(lake)
        await still?.()
        states.push(state)
      },
    }
    const reconciled = reconcile({ ...lake.fx, catalog }, 'd').then(({ seq }) => seq)
    return { reconciled, states }
  }
  const ingest = { kind: 'ingest' as const, run: 'r1', sources: [], enriched: {}, quarantine: [] }

  test('follows what the holder wrote meanwhile, in place of what it began with', async () => {
    const { reconciled, states } = await followed(async (lake) =>
      append(lake.fx, await lake.state(), { ...ingest, tables: { shops: { partitions: {} } } }),
    )
    expect(await reconciled).toBe(2)
    expect(states.map(({ seq }) => seq)).toEqual([2])
  })

  test('goes on when an entry came that changes nothing it shows', async () => {
    const { reconciled, states } = await followed(async (lake) =>
      append(lake.fx, await lake.state(), { ...ingest, tables: {} }),
    )
    expect(await reconciled).toBe(1)
    expect(states.map(({ seq }) => seq)).toEqual([1])
  })

  test('stops before the next step when another run took the dataset', async () => {
    const { reconciled, states } = await followed(async (lake) =>
      append(lake.fx, await lake.state(), { kind: 'begin', run: 'r2', holder: holderOf('e2'), purpose: 'pipeline' }),
    )
    await expect(reconciled).rejects.toThrow(Fenced)
    expect(states).toEqual([])
  })
})
