import { tableNamesOf } from '@droplake/contracts/dataset'
import { qualifiedName } from '@droplake/models/quote'
import { type DatabaseZone, database } from '@droplake/pipeline/effects'
import type { Place } from '@droplake/pipeline/place'
import type { Session } from './session.ts'
import { firstWordOf, resolveDatabases, resolveNames } from './sql-text.ts'
import { chosenDatasets } from './with-lake.ts'

type Lake = Pick<Place, 'fx' | 'remote'>

/** The dataset that `curated.fact_orders` is meant of: the one that was named, or the only one in the lake. */
export async function datasetOfNames(session: Pick<Session, 'dataset'>, lake: Lake): Promise<string | undefined> {
  const { dataset } = session
  // What was published stays readable when nothing declares it any more.
  if (dataset !== undefined && !lake.remote && (await lake.fx.catalog.datasets()).includes(dataset)) return dataset
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
  const names = await namesOf(lake, dataset)
  const full = (zone: DatabaseZone, name: string) => {
    const within = database(lake.fx, dataset, zone)
    return isPlain ? `${within}.${name}` : qualifiedName(within, name)
  }
  return resolveNames(sql, (zone, name) =>
    names.has(`${zone}.${name}`) ? full(zone as DatabaseZone, name) : undefined,
  )
}

/**
 * `zone.name` of every table of a dataset. On a laptop the published catalog knows them, whatever the contracts and SQL files
 * say now; a stage's would be listed page by page, so there it is the files.
 */
async function namesOf(lake: Lake, dataset: string): Promise<Set<string>> {
  const names = new Set<string>()
  if (lake.remote) {
    const { [dataset]: contract } = lake.fx.datasets
    for (const name of contract ? tableNamesOf(contract) : [])
      for (const zone of ['cleaned', 'enriched']) names.add(`${zone}.${name}`)
    const broken = (await lake.fx.brokenModels?.(dataset)) ?? []
    for (const { name } of [...(await lake.fx.models(dataset)), ...broken]) names.add(`curated.${name}`)
    return names
  }
  const shown = await lake.fx.catalog.show(dataset)
  const prefix = `${dataset}_`
  for (const each of [...(shown?.tables ?? []), ...(shown?.views ?? [])])
    if (each.database.startsWith(prefix)) names.add(`${each.database.slice(prefix.length)}.${each.name}`)
  return names
}
