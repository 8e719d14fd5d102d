import type { DataEffects, RunInput } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import { once, readRecord } from '@droplake/pipeline/records'
import { type EnrichPlan, type EnrichRecord, lastItemOf, shareOf } from '@droplake/pipeline/step-records'
import { enrichUnit } from './enrich-unit.ts'
import { planEnrichment } from './plan-enrichment.ts'

/** The plan says how many items the Map has; an item then does its share of the units. */
export type EnrichInput = RunInput & ({ action: 'plan' } | { unit: number })

/** Joins cleaned rows with their lookups, for the tables whose rows or lookups this run changes. */
export async function enrich(fx: DataEffects, input: EnrichInput): Promise<{ lastUnit: number } | { unit: number }> {
  const { dataset, run } = input
  const state = await holding(fx.store, dataset, run)
  if ('action' in input) {
    const plan = await once<EnrichPlan>(fx.store, keys.enrichPlan(run), () => planEnrichment(fx, state, input))
    return { lastUnit: lastItemOf(plan.units) }
  }
  await once<EnrichRecord>(fx.store, keys.enrichDone(run, input.unit), async () => {
    const plan = await readRecord<EnrichPlan>(fx.store, keys.enrichPlan(run))
    const units: EnrichRecord['units'] = []
    for (const unit of shareOf(plan.units, input.unit))
      units.push({ ...unit, written: await enrichUnit(fx, { dataset, run, plan, unit }) })
    return { units }
  })
  return { unit: input.unit }
}
