import type { Lake } from '@droplake/local/lake'
import { qualifiedName } from '@droplake/models/quote'
import { database } from '@droplake/pipeline/keys'
import type { Session } from './session.ts'
import { resolveNames } from './sql-text.ts'
import { chosenDatasets } from './with-lake.ts'

/** The dataset that `curated.fact_orders` is meant of: the one that was named, or the only one in the lake. */
export async function datasetOfNames(session: Session, lake: Lake): Promise<string | undefined> {
  const datasets = await chosenDatasets(session, lake)
  return datasets.length === 1 ? datasets[0] : undefined
}

/** The SQL with the dataset's databases put in for its zones; full names stay. */
export async function withNames(lake: Lake, sql: string, dataset: string | undefined): Promise<string> {
  if (dataset === undefined) return sql
  const tables = new Set(Object.keys(lake.fx.datasets[dataset]?.tables ?? {}))
  const models = new Set((await lake.fx.models(dataset)).map(({ name }) => name))
  return resolveNames(sql, (zone, name) => {
    if (zone === 'curated') return models.has(name) ? qualifiedName(database(dataset, zone), name) : undefined
    if (zone !== 'cleaned' && zone !== 'enriched') return undefined
    return tables.has(name) ? qualifiedName(database(dataset, zone), name) : undefined
  })
}
