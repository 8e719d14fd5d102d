import type { Dataset } from '@droplake/contracts/dataset'
import { enrichedColumns, enrichedPartition } from '@droplake/contracts/enriched'
import { type Columns, lineage, type Table } from '@droplake/contracts/table'
import type { CatalogState, CatalogTable } from '@droplake/lake/catalog'
import { type DatabaseZone, database, datasetOf, type Effects, type Settings } from './effects.ts'
import type { LakeState, TableState } from './lake-state.ts'
import { readState } from './log.ts'
import { cleanedColumns } from './staged.ts'

/**
 * Brings the catalog to the log's state. Idempotent; whoever calls it, whenever, only moves the world towards what the
 * log says already.
 */
export async function reconcile(
  fx: Pick<Effects, 'store' | 'catalog' | 'datasets' | 'settings'>,
  dataset: string,
): Promise<LakeState> {
  const state = await readState(fx.store, dataset)
  await fx.catalog.follow(catalogState(datasetOf(fx, dataset), state, fx.settings))
  return state
}

/** What the catalog shows at a state of the log: every table of the contract, empty if need be, and the published views. */
export function catalogState(
  dataset: Dataset,
  state: LakeState,
  settings: Pick<Settings, 'databasePrefix'>,
): CatalogState {
  const within = (zone: DatabaseZone) => database({ settings }, dataset.name, zone)
  const views = Object.entries(state.models)
    .sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))
    .map(([name, model]) => ({
      database: within('curated'),
      name,
      target: { database: within('build'), name: model.table },
      seq: model.seq,
    }))
  const tables = Object.values(dataset.tables).map((table) =>
    catalogTable(table, {
      database: within('cleaned'),
      columns: cleanedColumns(table),
      partition: table.partition,
      state: state.tables[table.name],
    }),
  )
  const enriched = Object.values(dataset.tables).flatMap((table) =>
    table.enrich
      ? catalogTable(table, {
          database: within('enriched'),
          columns: { ...enrichedColumns(dataset, table), ...lineage },
          partition: enrichedPartition(table),
          state: state.enriched[table.name],
        })
      : [],
  )
  return { dataset: dataset.name, seq: state.seq, tables: [...tables, ...enriched], views }
}

/** Dimensions move before the facts that point at them. */
const order = (name: string) => (name.startsWith('dim_') ? 0 : 1)

function catalogTable(
  table: Table,
  of: {
    database: string
    columns: Columns
    partition: { name: string } | undefined
    state: TableState | undefined
  },
): CatalogTable {
  return {
    database: of.database,
    name: table.name,
    description: table.description,
    columns: Object.entries(of.columns).map(([name, { type, description }]) => ({
      name,
      type,
      ...(description ? { description } : {}),
    })),
    ...(of.partition ? { partitionColumn: of.partition.name } : {}),
    partitions: Object.entries(of.state?.partitions ?? {}).map(([value, { location, files, rows }]) => ({
      value,
      location,
      files: files.map((file) => file.key),
      rows,
    })),
  }
}
