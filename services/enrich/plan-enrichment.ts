import type { Enrichment } from '@droplake/contracts/table'
import { type DataEffects, datasetOf, type RunInput } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { advanceTables, type LakeState, type TableState } from '@droplake/pipeline/lake-state'
import { enrichedLayout, layoutId } from '@droplake/pipeline/layouts'
import type { Plan } from '@droplake/pipeline/plan'
import { readRecord } from '@droplake/pipeline/records'
import type { EnrichPlan } from '@droplake/pipeline/step-records'
import { tableChange } from '@droplake/pipeline/table-change'
import { readTableRecords } from '@droplake/pipeline/table-records'

/**
 * One unit for each cleaned partition that changed; for all partitions where a lookup changed, or where the enriched table
 * was left behind, has another layout or was never made, as after its enrichment was declared or changed.
 */
export async function planEnrichment(
  fx: DataEffects,
  state: LakeState,
  { dataset, run }: RunInput,
): Promise<EnrichPlan> {
  const plan = await readRecord<Plan>(fx.store, keys.plan(run))
  const { tables } = datasetOf(fx, dataset)
  const changed = new Map<string, string[]>()
  let after = state.tables
  for (const name of Object.keys(plan.tables)) {
    const table = tables[name]
    if (!table) continue
    const records = await readTableRecords(fx.store, plan, name)
    if ('failure' in records) continue
    const change = tableChange(table, { plan, before: state.tables[name], records })
    if (!change || Object.keys(change.partitions).length === 0) continue
    changed.set(name, Object.keys(change.partitions))
    after = advanceTables(after, { [name]: change }, state.seq + 1)
  }
  /** Whether the enriched table is there, and has the layout that its contract gives it by now. */
  const isLaidOut = (name: string) => {
    const layout = tables[name] && layoutId(enrichedLayout(datasetOf(fx, dataset), tables[name], after[name]))
    const partitions = Object.values(state.enriched[name]?.partitions ?? {})
    const enriched = state.enriched[name]
    return enriched && !enriched.behind && partitions.every((version) => version.layout === layout)
  }
  const units: EnrichPlan['units'] = []
  const needed = new Set<string>()
  for (const [name, { enrich }] of Object.entries(tables)) {
    if (!enrich || !after[name] || plan.refused[name]) continue
    const all = Object.keys(after[name].partitions)
    const whole =
      enrich.lookups.some((lookup) => changed.has(lookup.table)) || !isLaidOut(name) || isBehind(state, name, enrich)
    const due = whole ? [...new Set([...all, ...(changed.get(name) ?? [])])] : (changed.get(name) ?? [])
    if (due.length === 0) continue
    units.push(...due.sort().map((partition) => ({ table: name, partition })))
    for (const needs of [name, ...enrich.lookups.map((lookup) => lookup.table)]) needed.add(needs)
  }
  return { units, tables: Object.fromEntries(Object.entries(after).filter(([name]) => needed.has(name))) }
}

/**
 * Whether an earlier run changed rows of the table, or of what it looks up, without enriching them, as while its enrichment
 * was out of service. A version's location names the run that wrote it.
 */
function isBehind(state: LakeState, name: string, { lookups }: Enrichment): boolean {
  const enriched = state.enriched[name]
  if (!enriched) return true
  const read = newestRun([name, ...lookups.map(({ table }) => table)].map((table) => state.tables[table]))
  return read > newestRun([enriched])
}

function newestRun(tables: readonly (TableState | undefined)[]): string {
  const versions = tables.flatMap((table) => Object.values(table?.partitions ?? {}))
  return versions.reduce((newest, { location }) => {
    const run = location.split('/').at(-2) ?? ''
    return run > newest ? run : newest
  }, '')
}
