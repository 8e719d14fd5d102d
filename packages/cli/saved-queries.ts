import { join } from 'node:path'
import { sqlFolder } from '@droplake/local/load-datasets'
import { UsageError } from '@droplake/local/usage-error'
import { loadQueries } from '@droplake/models/load-models'
import type { Query } from '@droplake/models/model'
import { qualifiedName } from '@droplake/models/quote'
import { renderSelect } from '@droplake/models/render'
import { database, type Settings } from '@droplake/pipeline/effects'

/** A saved query's SQL, found by `dataset/name` or by its name where only one dataset has it. */
export async function savedQuery(
  saved: string,
  of: { datasets: readonly string[]; settings: Settings; sqlFolder?: string },
): Promise<{ query: Query; sql: string }> {
  const all: Query[] = []
  for (const dataset of of.datasets) all.push(...(await loadQueries(join(of.sqlFolder ?? sqlFolder, dataset))))
  const [dataset, name] = saved.includes('/') ? saved.split('/', 2) : [undefined, saved]
  const found = all.filter((query) => query.name === name && (dataset === undefined || query.dataset === dataset))
  const [query] = found
  const list = (queries: readonly Query[]) => queries.map((each) => `${each.dataset}/${each.name}`).join(', ')
  if (!query) throw new UsageError(`query: no saved query ${saved}; there are ${list(all) || 'none'}`)
  if (found.length > 1) throw new UsageError(`query: several saved queries are named ${saved}: ${list(found)}`)
  return { query, sql: renderSelect(query, (zone, table) => qualifiedName(database(of, query.dataset, zone), table)) }
}
