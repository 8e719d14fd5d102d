import { join } from 'node:path'
import type { Dataset } from '@droplake/contracts/dataset'
import { nearest } from '@droplake/contracts/did-you-mean'
import { sqlFolder } from '@droplake/local/load-datasets'
import { UsageError } from '@droplake/local/usage-error'
import { readQueries } from '@droplake/models/load-models'
import type { Query } from '@droplake/models/model'
import { qualifiedName } from '@droplake/models/quote'
import { renderSelect } from '@droplake/models/render'
import { database, type Settings } from '@droplake/pipeline/effects'

/** A saved query's SQL, found by `dataset/name` or by its name where only one dataset has it. */
export async function savedQuery(
  saved: string,
  of: { datasets: readonly string[]; settings: Settings; contracts?: Record<string, Dataset>; sqlFolder?: string },
): Promise<{ query: Query; sql: string }> {
  const all: { dataset: string; name: string; query?: Query; error?: string }[] = []
  for (const dataset of of.datasets) {
    const contract = of.contracts?.[dataset]
    const { queries, broken } = await readQueries(
      join(of.sqlFolder ?? sqlFolder, dataset),
      contract ? { dataset: contract } : {},
    )
    all.push(...queries.map((query) => ({ dataset, name: query.name, query })))
    all.push(...broken.map(({ name, error }) => ({ dataset, name, error })))
  }
  const [dataset, name = saved] = saved.includes('/') ? saved.split('/', 2) : [undefined, saved]
  const found = all.filter((each) => each.name === name && (dataset === undefined || each.dataset === dataset))
  const full = (each: { dataset: string; name: string }) => `${each.dataset}/${each.name}`
  const [one] = found
  if (!one) {
    const names = all.map(full).sort()
    const bare = all.find(
      (each) =>
        each.name ===
        nearest(
          name,
          all.map((other) => other.name),
        ),
    )
    const guess = nearest(saved, names) ?? (bare && full(bare))
    throw new UsageError(
      `query: no saved query ${saved}${guess ? `; did you mean ${guess}?` : ';'} there are ${names.join(', ') || 'none'}`,
    )
  }
  if (found.length > 1)
    throw new UsageError(`query: several saved queries are named ${saved}: ${found.map(full).join(', ')}`)
  const { query, error } = one
  if (!query)
    throw new UsageError(`query: saved query ${full(one)} cannot be read: ${error?.replace(/^models: /, 'sql/')}`)
  return { query, sql: renderSelect(query, (zone, table) => qualifiedName(database(of, query.dataset, zone), table)) }
}
