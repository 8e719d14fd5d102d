import type { Dataset } from '@droplake/contracts/dataset'
import { enrichedColumns, enrichedPartition } from '@droplake/contracts/enriched'
import { type Columns, lineage, type Table } from '@droplake/contracts/table'
import type { CatalogState, CatalogTable } from '@droplake/lake/catalog'
import { type DatabaseZone, database, datasetOf, type Effects, type Settings } from './effects.ts'
import type { LakeState, TableState } from './lake-state.ts'
import { cleanedLayout, columnsOfLayout, enrichedLayout, type Layout, newestLayout, refusalOf } from './layouts.ts'
import { Fenced, readState } from './log.ts'
import { cleanedColumns } from './staged.ts'

/** Thrown inside when the log says something else by now. */
class MovedOn extends Error {
  override readonly name = 'MovedOn'
}

/**
 * Brings the catalog to the log's state. Idempotent; whoever calls it, whenever, only moves the world towards what the
 * log says already. Throws `Fenced` when the run that held the dataset at the beginning lost it on the way.
 */
export async function reconcile(
  fx: Pick<Effects, 'store' | 'catalog' | 'datasets' | 'settings'>,
  dataset: string,
): Promise<LakeState> {
  for (;;) {
    const state = await readState(fx.store, dataset)
    const still = async () => {
      const now = await readState(fx.store, dataset)
      const holder = state.unfinished?.run
      if (holder !== undefined && now.unfinished?.run !== holder) throw new Fenced(dataset, holder, now)
      if (lastChange(now) !== lastChange(state)) throw new MovedOn()
    }
    try {
      const follow = catalogState(datasetOf(fx, dataset), state, fx.settings)
      follow.tables.push(...(await keptTables(fx, datasetOf(fx, dataset), state)))
      await fx.catalog.follow(follow, { still })
      return state
    } catch (error) {
      if (!(error instanceof MovedOn)) throw error
    }
  }
}

/** Tables that are out of service: readers go on to see them as they were, with the files that the log names. */
async function keptTables(
  fx: Pick<Effects, 'catalog' | 'settings'>,
  { name: dataset, outOfService }: Dataset,
  state: LakeState,
): Promise<CatalogTable[]> {
  if (!outOfService) return []
  const shown = (await fx.catalog.show(dataset))?.tables ?? []
  return Object.keys(outOfService).flatMap((full) => {
    const [zone, name = ''] = full.split('.') as ['cleaned' | 'enriched', string]
    const table = shown.find((each) => each.database === database(fx, dataset, zone) && each.name === name)
    const stored = (zone === 'cleaned' ? state.tables : state.enriched)[name]
    return table ? { ...table, partitions: partitionsOf(stored) } : []
  })
}

/** Newest entry of those that the catalog shows something of. */
const lastChange = ({ tables, enriched, models }: LakeState) =>
  Math.max(0, ...[tables, enriched, models].flatMap((of) => Object.values(of).map(({ seq }) => seq)))

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
  const tables = Object.values(dataset.tables).map((table) => {
    const stored = state.tables[table.name]
    return catalogTable(table, {
      database: within('cleaned'),
      ...readable({ columns: cleanedColumns(table), partition: table.partition }, cleanedLayout(table, stored), stored),
      state: stored,
    })
  })
  const enriched = Object.values(dataset.tables).flatMap((table) => {
    if (!table.enrich) return []
    const stored = state.enriched[table.name]
    const layout = enrichedLayout(dataset, table, state.tables[table.name])
    const columns = { ...enrichedColumns(dataset, table), ...lineage }
    return catalogTable(table, {
      database: within('enriched'),
      ...readable({ columns, partition: enrichedPartition(table) }, layout, stored),
      state: stored,
    })
  })
  return { dataset: dataset.name, seq: state.seq, tables: [...tables, ...enriched], views }
}

interface Shape {
  columns: Columns
  partition: { name: string } | undefined
}

/** A table as its contract has it; as its files are stored where the contract would have them lose something. */
function readable(declared: Shape, layout: Layout, stored: TableState | undefined): Shape {
  const newest = newestLayout(stored)
  if (!newest || !refusalOf('', layout, stored)) return declared
  const [name = ''] = newest.partition.split(' ')
  return { columns: columnsOfLayout(newest), partition: name ? { name } : undefined }
}

/** Dimensions move before the facts that point at them. */
const order = (name: string) => (name.startsWith('dim_') ? 0 : 1)

function catalogTable(table: Table, of: Shape & { database: string; state: TableState | undefined }): CatalogTable {
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
    partitions: partitionsOf(of.state),
  }
}

const partitionsOf = (state: TableState | undefined): CatalogTable['partitions'] =>
  Object.entries(state?.partitions ?? {}).map(([value, { location, files, rows }]) => ({
    value,
    location,
    files: files.map((file) => file.key),
    rows,
  }))
