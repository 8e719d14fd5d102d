import { nearest } from '@droplake/contracts/did-you-mean'
import type { TableName } from './athena-to-duckdb.ts'
import type { Catalog, CatalogState, CatalogTable } from './catalog.ts'
import { NoDatabase, QueryFailed } from './query-engine.ts'

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

/** The table under a name, a view's target where it is a view. `QueryFailed` says which tables there are, and which is meant. */
export async function findTable(snapshot: Snapshot, { database, name }: TableName): Promise<CatalogTable> {
  const state = await snapshot.state(datasetOf(database))
  const shown = state ? namesIn([state], database) : []
  if (state && shown.length === 0 && /_(raw|cleaned|enriched|build|curated)$/.test(database))
    throw new QueryFailed('user', `no table ${database}.${name}; ${database} has no tables yet`)
  if (!state || shown.length === 0) throw await noDatabase(snapshot, { database, name })
  const view = state.views.find((each) => each.database === database && each.name === name)
  const wanted = view?.target ?? { database, name }
  const table = state.tables.find((each) => each.database === wanted.database && each.name === wanted.name)
  if (table) return table
  if (view)
    throw new QueryFailed('engine', `${database}.${name} shows ${wanted.database}.${wanted.name}, which is absent`)
  const guess = nearest(name, shown)
  const advice = guess ? `; did you mean ${database}.${guess}?` : `; ${database} has ${shown.join(', ')}`
  throw new QueryFailed('user', `no table ${database}.${name}${advice}`)
}

/** Names of the tables and views of a database, or of all, sorted. */
function namesIn(states: readonly CatalogState[], database: string): string[] {
  const all = states.flatMap(({ tables, views }) => [...tables, ...views])
  return all
    .filter((each) => each.database === database)
    .map(({ name }) => name)
    .sort()
}

/** Databases that somebody may ask; those of unpublished versions are not among them. */
function databasesOf(states: readonly CatalogState[]): string[] {
  const all = states.flatMap(({ tables, views }) => [...tables, ...views].map(({ database }) => database))
  return [...new Set(all)].filter((database) => !database.endsWith('_build')).sort()
}

async function noDatabase(snapshot: Snapshot, { database, name }: TableName): Promise<QueryFailed> {
  const states = await snapshot.states()
  const known = databasesOf(states)
  // `curated.fact_orders` is short for one of a dataset's databases.
  const short = known.filter((each) => each.endsWith(`_${database}`))
  const guess =
    short.length > 0
      ? (short.find((each) => namesIn(states, each).includes(name)) ?? short[0])
      : nearest(database, known)
  const advice = guess ? `; did you mean ${guess}?` : `; there are ${known.join(', ') || 'none yet'}`
  return new QueryFailed('user', `no database ${database}${advice}`)
}

/** The error with the full names that a table's bare name may be short for. */
export async function withDatabases(snapshot: Snapshot, { table }: NoDatabase): Promise<NoDatabase> {
  const states = await snapshot.states()
  const full = databasesOf(states).flatMap((database) => namesIn(states, database).map((name) => ({ database, name })))
  const meant = full.some(({ name }) => name === table)
    ? table
    : nearest(
        table,
        full.map(({ name }) => name),
      )
  const guesses = full.filter(({ name }) => name === meant).map(({ database, name }) => `${database}.${name}`)
  return new NoDatabase(
    table,
    guesses.length > 0 ? `; did you mean ${guesses.join(' or ')}?` : '; write database.table',
  )
}
