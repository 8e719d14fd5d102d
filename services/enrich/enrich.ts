import type { DataEffects, RunInput } from '@droplake/pipeline/effects'
import { holding } from '@droplake/pipeline/log'

export type EnrichInput = RunInput & ({ tables: { table: string }[] } | { unit: number })

export async function enrich(fx: DataEffects, input: EnrichInput): Promise<{ lastUnit: number }> {
  await holding(fx.store, input.dataset, input.run)
  return { lastUnit: -1 }
}
