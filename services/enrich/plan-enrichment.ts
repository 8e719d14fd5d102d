import { type DataEffects, datasetOf, type RunInput } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { advanceTables, type LakeState } from '@droplake/pipeline/lake-state'
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
    const whole = enrich.lookups.some((lookup) => changed.has(lookup.table)) || !isLaidOut(name)
    const due = whole ? [...new Set([...all, ...(changed.get(name) ?? [])])] : (changed.get(name) ?? [])
    if (due.length === 0) continue
    units.push(...due.sort().map((partition) => ({ table: name, partition })))
    for (const needs of [name, ...enrich.lookups.map((lookup) => lookup.table)]) needed.add(needs)
  }
  return { units, tables: Object.fromEntries(Object.entries(after).filter(([name]) => needed.has(name))) }
}
