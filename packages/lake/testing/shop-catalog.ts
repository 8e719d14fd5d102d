import { GlueClient } from '@aws-sdk/client-glue'
import { onTestFinished } from 'vitest'
import type { Catalog, CatalogState, CatalogTable } from '../catalog.ts'
import { glueCatalog } from '../glue-catalog.ts'
import { type Intercept, type MemoryGlue, memoryGlue } from './memory-glue.ts'

const databasePrefix = 'app_dev_'

export interface ShopCatalog {
  glue: MemoryGlue
  catalog: Catalog
  /** As another process, or another stage, sees it. */
  another(prefix?: string): Catalog
}

/** Glue's catalog of the dataset shop, empty, over a service in this process; it ends with the test. */
export async function shopCatalog(): Promise<ShopCatalog> {
  const glue = await memoryGlue()
  const client = new GlueClient(glue.settings)
  onTestFinished(async () => {
    client.destroy()
    await glue.close()
  })
  const another = (prefix = databasePrefix) =>
    glueCatalog({ client, locate: (key) => `s3://lake/${key}`, databasePrefix: prefix })
  return { glue, catalog: another(), another }
}

/** The cleaned orders of a log entry, by month. */
export const orders = (seq: number, months: number): CatalogTable => ({
  database: `${databasePrefix}shop_cleaned`,
  name: 'orders',
  columns: [{ name: 'id', type: { kind: 'text' } }],
  partitionColumn: 'month',
  partitions: Array.from({ length: months }, (_, i) => {
    const value = `m${String(i).padStart(3, '0')}`
    const location = `cleaned/shop/orders/month=${value}/r${seq}/`
    return { value, location, files: [`${location}0.parquet`], rows: seq }
  }),
})

/** A table of the build database. */
export const version = (name: string): CatalogTable => ({
  database: `${databasePrefix}shop_build`,
  name,
  columns: [
    { name: 'id', type: { kind: 'int' } },
    { name: 'at', type: { kind: 'timestamp' } },
  ],
  partitions: [{ value: '', location: `curated/shop/${name}/`, files: [`curated/shop/${name}/a`], rows: 1 }],
})

/** The orders alone. */
export const stateOf = (seq: number, months = 2): CatalogState => ({
  dataset: 'shop',
  seq,
  tables: [orders(seq, months)],
  views: [],
})

/** The orders, and a view of one version. */
export const published = (seq: number, table: string): CatalogState => {
  const target = { database: `${databasePrefix}shop_build`, name: table }
  return { ...stateOf(seq), views: [{ database: `${databasePrefix}shop_curated`, name: 'dim', target, seq }] }
}

/** Does something once, before the first call of an action that concerns a table of this name. */
export function before(action: string, table: string, work: () => Promise<unknown>): Intercept {
  let done = false
  return async (called, { TableName, Name, TableInput }) => {
    if (done || called !== action || (TableName ?? Name ?? TableInput?.Name) !== table) return undefined
    done = true
    await work()
  }
}
