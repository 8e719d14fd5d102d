import { qualifiedName } from '@droplake/models/quote'
import { type DatabaseZone, database } from '@droplake/pipeline/effects'
import type { Place } from '@droplake/pipeline/place'
import type { Session } from './session.ts'
import { firstWordOf, resolveDatabases, resolveNames } from './sql-text.ts'
import { chosenDatasets } from './with-lake.ts'

type Lake = Pick<Place, 'fx'>

/** The dataset that `curated.fact_orders` is meant of: the one that was named, or the only one in the lake. */
export async function datasetOfNames(session: Pick<Session, 'dataset'>, lake: Lake): Promise<string | undefined> {
  const datasets = await chosenDatasets(session, lake)
  return datasets.length === 1 ? datasets[0] : undefined
}

/**
 * The SQL with the dataset's databases put in for its zones. Full names stay on a laptop; on a stage they are good with its
 * prefix and without.
 */
export async function withNames(lake: Lake, sql: string, dataset: string | undefined): Promise<string> {
  // Athena reads these as Hive does, which knows no double quotes.
  const isPlain = ['show', 'describe', 'desc'].includes(firstWordOf(sql))
  const short = dataset === undefined ? sql : await withZones(lake, sql, { dataset, isPlain })
  const { datasets, settings } = lake.fx
  if (settings.databasePrefix === '') return short
  const full = new Map<string, string>()
  for (const name of Object.keys(datasets))
    for (const zone of zones) full.set(`${name}_${zone}`, database({ settings }, name, zone))
  return resolveDatabases(short, { resolve: (name) => full.get(name), alone: isPlain })
}

const zones: DatabaseZone[] = ['raw', 'cleaned', 'enriched', 'build', 'curated']

async function withZones(lake: Lake, sql: string, { dataset, isPlain }: { dataset: string; isPlain: boolean }) {
  const tables = new Set(Object.keys(lake.fx.datasets[dataset]?.tables ?? {}))
  const models = new Set((await lake.fx.models(dataset)).map(({ name }) => name))
  const full = (zone: DatabaseZone, name: string) => {
    const within = database(lake.fx, dataset, zone)
    return isPlain ? `${within}.${name}` : qualifiedName(within, name)
  }
  return resolveNames(sql, (zone, name) => {
    if (zone === 'curated') return models.has(name) ? full(zone, name) : undefined
    if (zone !== 'cleaned' && zone !== 'enriched') return undefined
    return tables.has(name) ? full(zone, name) : undefined
  })
}
