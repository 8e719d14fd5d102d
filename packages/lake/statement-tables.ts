import type { TableName } from './athena-to-duckdb.ts'
import type { Catalog, CatalogState, CatalogTable } from './catalog.ts'
import { QueryFailed } from './query-engine.ts'

/** The dataset whose database this is: `olist_cleaned` belongs to olist. */
export const datasetOf = (database: string): string => database.slice(0, Math.max(0, database.lastIndexOf('_')))

/** The catalog as one statement sees it: each dataset is read once, whatever moves meanwhile. */
export interface Snapshot {
  state(dataset: string): Promise<CatalogState | undefined>
  /** All datasets, for listings. */
  states(): Promise<CatalogState[]>
}

export function snapshotOf(catalog: Catalog): Snapshot {
  const states = new Map<string, Promise<CatalogState | undefined>>()
  const state = (dataset: string) => {
    const read = states.get(dataset) ?? (dataset === '' ? Promise.resolve(undefined) : catalog.show(dataset))
    states.set(dataset, read)
    return read
  }
  return {
    state,
    async states() {
      const all = await Promise.all((await catalog.datasets()).map(state))
      return all.filter((each) => each !== undefined)
    },
  }
}

/** The table under a name, a view's target where it is a view. `QueryFailed` names the tables there are. */
export async function findTable(snapshot: Snapshot, { database, name }: TableName): Promise<CatalogTable> {
  const state = await snapshot.state(datasetOf(database))
  if (!state) {
    const known = (await snapshot.states()).map((each) => each.dataset)
    throw new QueryFailed('user', `no database ${database}; there are datasets ${known.join(', ') || 'none yet'}`)
  }
  const view = state.views.find((each) => each.database === database && each.name === name)
  const wanted = view?.target ?? { database, name }
  const table = state.tables.find((each) => each.database === wanted.database && each.name === wanted.name)
  if (table) return table
  if (view)
    throw new QueryFailed('engine', `${database}.${name} shows ${wanted.database}.${wanted.name}, which is absent`)
  const names = [...state.tables, ...state.views].filter((each) => each.database === database).map((each) => each.name)
  throw new QueryFailed(
    'user',
    `no table ${database}.${name}; ${database} has ${names.sort().join(', ') || 'no tables'}`,
  )
}
