import type { DataEffects } from '@droplake/pipeline/effects'
import type { LakeState, TableChange } from '@droplake/pipeline/lake-state'
import type { Plan } from '@droplake/pipeline/plan'

export async function enrichedChanges(
  _fx: DataEffects,
  _from: { plan: Plan; state: LakeState },
): Promise<Record<string, TableChange>> {
  return {}
}
