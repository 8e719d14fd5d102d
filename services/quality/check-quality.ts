import type { Table } from '@droplake/contracts/table'
import { QueryFailed } from '@droplake/lake/query-engine'
import type { RuleResult } from '@droplake/models/checks'
import { judgeQuality, renderQuality } from '@droplake/models/quality'
import { qualifiedName } from '@droplake/models/quote'
import { database, datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import { staleIn } from '@droplake/pipeline/model-inputs'
import { once } from '@droplake/pipeline/records'

export type CheckQualityInput = RunInput

/**
 * Runs the rules of every table that this run changed or that a stale model reads, each table's as one aggregate query.
 * It moves no rows: a failed `error` rule keeps what depends on the table from being published.
 */
export async function checkQuality(
  fx: With<'engine' | 'models'>,
  { dataset, run }: CheckQualityInput,
): Promise<{ failed: string[] }> {
  const state = await holding(fx.store, dataset, run)
  const results = await once<RuleResult[]>(fx.store, keys.quality(run), async () => {
    const { tables } = datasetOf(fx, dataset)
    const models = await fx.models(dataset)
    const stale = new Set(staleIn(state, datasetOf(fx, dataset), models).map(({ name }) => name))
    const read = models
      .filter((model) => stale.has(model.name))
      .flatMap((model) => model.inputs.filter(({ zone }) => zone !== 'curated'))
      .flatMap(({ zone, name }) => [name, ...(zone === 'enriched' ? lookedUp(tables[name]) : [])])
    const changed = Object.keys(state.tables).filter((name) => state.tables[name]?.seq === state.unfinished?.ingest)
    const found: RuleResult[] = []
    for (const name of [...new Set([...changed, ...read])].sort()) {
      const table = tables[name]
      if (!table) continue
      const { sql, rules } = renderQuality(table, qualifiedName(database(fx, dataset, 'cleaned'), name))
      try {
        const { rows } = await fx.engine.run(sql, { database: database(fx, dataset, 'build') })
        found.push(...judgeQuality(rules, rows[0] ?? []))
      } catch (error) {
        // What the engine refuses is this table's trouble: a file of it is gone, a rule does not fit its column.
        if (!(error instanceof QueryFailed)) throw error
        const why = { failing: 0, error: withoutValues(error.message) }
        found.push({ rule: 'query', table: name, severity: 'error', status: 'fail', ...why })
      }
    }
    return found
  })
  const failed = results.filter(({ severity, status }) => severity === 'error' && status === 'fail')
  return { failed: [...new Set(failed.map(({ table }) => table))] }
}

/** Engines quote the cells that they stumble over. */
const withoutValues = (message: string) => (message.split('\n')[0] ?? '').replace(/'[^']*'/g, "'…'")

const lookedUp = (table: Table | undefined) => table?.enrich?.lookups.map((lookup) => lookup.table) ?? []
