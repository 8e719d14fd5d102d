import { isDeepStrictEqual } from 'node:util'
import type { GlueClient, Table } from '@aws-sdk/client-glue'
import type { Catalog, CatalogTable } from './catalog.ts'
import { inBatches } from './file-io.ts'
import { change, deleteTables, isAbsent, listDatabases, listTables } from './glue-calls.ts'
import { databaseOf, follow, look, markerAt } from './glue-follow.ts'
import { bringPartitions, listPartitions } from './glue-partitions.ts'
import {
  catalogPartition,
  catalogTable,
  isParquet,
  type Place,
  parameter,
  partitionInput,
  seqOf,
  tableInput,
} from './glue-tables.ts'
import { catalogView } from './glue-views.ts'
import type { ObjectStore } from './object-store.ts'

export interface GlueCatalogOptions {
  client: GlueClient
  /** The object store's. */
  locate: ObjectStore['locate']
  /** What every database's name begins with; the databases are there. */
  databasePrefix: string
}

/**
 * The catalog in AWS Glue, as Athena reads it: external Parquet tables in the databases of a dataset's zones, and views in
 * the curated one. Tables move one by one. A table that a statement created shows its columns and no partitions: nothing
 * but Athena reads those, and many such tables wait for `prune`.
 */
export function glueCatalog({ client, locate, databasePrefix }: GlueCatalogOptions): Catalog {
  const place = (dataset: string): Place => ({ dataset, databasePrefix, locate })
  const root = locate('')
  const keyOf = (uri: string) => `${uri.slice(uri.startsWith(root) ? root.length : 0).replace(/\/+$/, '')}/`

  /** Undefined for what is none of the lake's tables, and for one that was deleted meanwhile. */
  async function read(table: Table): Promise<CatalogTable | undefined> {
    const plain = catalogTable(table)
    if (!plain || plain.partitionColumn === undefined || seqOf(table) < 0) return plain
    try {
      const partitions = (await listPartitions(client, plain)).map((partition) => catalogPartition(partition, keyOf))
      return { ...plain, partitions: partitions.sort((a, b) => (a.value < b.value ? -1 : 1)) }
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  return {
    follow: (state, { still } = {}) => follow(client, place(state.dataset), { state, still }),

    async register(dataset, table) {
      const input = tableInput(table, place(dataset))
      const before = await change(client, table, { decide: (current) => (current ? undefined : input) })
      const there = before && (await read(before))
      if (before && !isDeepStrictEqual(there, plain(table)))
        throw new Error(`catalog: ${table.database}.${table.name} is registered with other content; take a new name`)
      if (table.partitionColumn === undefined) return
      const wanted = table.partitions.map((partition) => partitionInput(table, partition, place(dataset)))
      await bringPartitions(client, table, { wanted })
    },

    async prune(dataset, { keep, before }) {
      const found = await look(client, place(dataset))
      const viewed = new Set([...found.values()].map((table) => table.Parameters?.[parameter.target]))
      const build = databaseOf(place(dataset), 'build')
      const old = [...found].filter(([name, table]) => {
        const isRegistered = table.DatabaseName === build && isParquet(table) && seqOf(table) < 0
        const isOld = (table.CreateTime?.getTime() ?? Number.POSITIVE_INFINITY) < before
        return isRegistered && isOld && !viewed.has(name) && !keep.has(table.Name ?? '')
      })
      await deleteTables(
        client,
        build,
        old.map(([, table]) => table.Name ?? ''),
      )
    },

    async show(dataset) {
      const found = await look(client, place(dataset))
      const { database, name } = markerAt(place(dataset))
      const marker = found.get(`${database}.${name}`)
      if (!marker) return undefined
      const tables = await inBatches([...found.values()], 8, read)
      const views = [...found.values()].map(catalogView)
      return {
        dataset,
        seq: seqOf(marker),
        tables: tables.filter((table) => table !== undefined),
        views: views.filter((view) => view !== undefined),
      }
    },

    async crawled(dataset) {
      const tables = await listTables(client, databaseOf(place(dataset), 'raw'))
      return tables.map(({ Name = '', StorageDescriptor: { Location = '', Columns = [] } = {} }) => ({
        name: Name,
        key: Location.slice(Location.startsWith(root) ? root.length : 0),
        columns: Columns.map((column) => ({ name: column.Name ?? '', type: column.Type ?? '' })),
      }))
    },

    async datasets() {
      const names = (await listDatabases(client)).map(({ Name = '' }) => Name)
      const candidates = names
        .filter((name) => name.startsWith(databasePrefix) && name.endsWith('_build'))
        .map((name) => name.slice(databasePrefix.length, -'_build'.length))
      const tables = await inBatches(candidates, 8, (dataset) =>
        listTables(client, databaseOf(place(dataset), 'build')),
      )
      return candidates
        .filter((dataset, i) => tables[i]?.some((table) => table.Parameters?.[parameter.dataset] === dataset))
        .sort()
    },
  }
}

/** As `read` gives it back. */
function plain(table: CatalogTable): CatalogTable {
  const of = ({ description, ...rest }: { description?: string }) => (description ? { ...rest, description } : rest)
  const copy = { ...table, columns: table.columns.map(of), partitions: table.partitions }
  return JSON.parse(JSON.stringify(of(copy)))
}
