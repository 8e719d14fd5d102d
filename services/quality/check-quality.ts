import type { Table } from '@droplake/contracts/table'
import { QueryFailed } from '@droplake/lake/query-engine'
import type { RuleResult } from '@droplake/models/checks'
import { judgeQuality, renderQuality } from '@droplake/models/quality'
import { qualifiedName } from '@droplake/models/quote'
import { database, datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import { staleIn } from '@droplake/pipeline/model-inputs'
import { knownNames, publicError } from '@droplake/pipeline/public-text'
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
      found.push(...(await checkTable(fx, dataset, table)))
    }
    return found
  })
  const failed = results.filter(({ severity, status }) => severity === 'error' && status === 'fail')
  return { failed: [...new Set(failed.map(({ table }) => table))] }
}

/**
 * The results of a table's rules. What the engine refuses is this table's trouble: a rule that is no SQL fails alone, and the
 * others are asked without it; a file that is gone fails all of them.
 */
async function checkTable(fx: With<'engine'>, dataset: string, table: Table): Promise<RuleResult[]> {
  const qualified = qualifiedName(database(fx, dataset, 'cleaned'), table.name)
  const session = { database: database(fx, dataset, 'build') }
  const ask = async (of: Table) => {
    const { sql, rules } = renderQuality(of, qualified)
    return judgeQuality(rules, (await fx.engine.run(sql, session)).rows[0] ?? [])
  }
  const failed = (rule: string, severity: RuleResult['severity'], failure: QueryFailed): RuleResult => {
    const error = publicError(failure, knownNames([datasetOf(fx, dataset)])).message
    return { rule, table: table.name, severity, status: 'fail', failing: 0, error }
  }
  try {
    return await ask(table)
  } catch (error) {
    if (!(error instanceof QueryFailed)) throw error
    const refused: RuleResult[] = []
    if (error.kind === 'user')
      for (const { name, severity, expect } of table.rules ?? [])
        try {
          await fx.engine.run(`select 1 from ${qualified} where (\n${expect}\n) limit 1`, session)
        } catch (failure) {
          if (!(failure instanceof QueryFailed)) throw failure
          refused.push(failed(name, severity, failure))
        }
    if (refused.length === 0) return [failed('query', 'error', error)]
    const names = new Set(refused.map(({ rule }) => rule))
    const rules = table.rules?.filter(({ name }) => !names.has(name)) ?? []
    return [...(await checkTable(fx, dataset, { ...table, rules })), ...refused]
  }
}

const lookedUp = (table: Table | undefined) => table?.enrich?.lookups.map((lookup) => lookup.table) ?? []
