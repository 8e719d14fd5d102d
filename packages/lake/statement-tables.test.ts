import { expect, test } from 'vitest'
import { fileCatalog } from './file-catalog.ts'
import { memoryStore } from './memory-store.ts'
import { NoDatabase } from './query-engine.ts'
import { findTable, snapshotOf, withDatabases } from './statement-tables.ts'

const table = (database: string, name: string) => ({ database, name, columns: [], partitions: [] })
const catalog = fileCatalog(memoryStore())
await catalog.follow({
  dataset: 'olist',
  seq: 1,
  tables: [table('olist_cleaned', 'orders'), table('olist_enriched', 'orders'), table('olist_build', 'fact_orders__1')],
  views: [
    {
      database: 'olist_curated',
      name: 'fact_orders',
      target: { database: 'olist_build', name: 'fact_orders__1' },
      seq: 1,
    },
    {
      database: 'olist_curated',
      name: 'fact_order_items',
      target: { database: 'olist_build', name: 'fact_orders__1' },
      seq: 1,
    },
  ],
})
await catalog.follow({ dataset: 'shop', seq: 1, tables: [table('shop_cleaned', 'orders')], views: [] })

test.each([
  ['olist_curated', 'fact_order', 'no table olist_curated.fact_order; did you mean olist_curated.fact_orders?'],
  ['olist_curated', 'zzz', 'no table olist_curated.zzz; olist_curated has fact_order_items, fact_orders'],
  ['olist_curatd', 'fact_orders', 'no database olist_curatd; did you mean olist_curated?'],
  ['olits_curated', 'fact_orders', 'no database olits_curated; did you mean olist_curated?'],
  ['curated', 'fact_orders', 'no database curated; did you mean olist_curated?'],
  ['cleaned', 'orders', 'no database cleaned; did you mean olist_cleaned?'],
  ['shop_curated', 'fact', 'no table shop_curated.fact; shop_curated has no tables yet'],
  [
    'warehouse',
    'orders',
    'no database warehouse; there are olist_cleaned, olist_curated, olist_enriched, shop_cleaned',
  ],
])('%s.%s', async (database, name, message) => {
  await expect(findTable(snapshotOf(catalog), { database, name })).rejects.toThrow(`query: ${message}`)
})

test.each([
  ['fact_orders', '; did you mean olist_curated.fact_orders?'],
  ['fact_order', '; did you mean olist_curated.fact_orders?'],
  ['orders', '; did you mean olist_cleaned.orders or olist_enriched.orders or shop_cleaned.orders?'],
  ['zzz', '; write database.table'],
])('%s without a database', async (name, advice) => {
  const { message } = await withDatabases(snapshotOf(catalog), new NoDatabase(name))
  expect(message).toBe(`query: no table ${name}${advice}`)
})
