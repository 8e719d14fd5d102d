import type { Dataset } from '@droplake/contracts/dataset'
import type { Model } from '@droplake/models/model'
import type { LakeState } from './lake-state.ts'
import type { Source } from './markers.ts'
import { staleIn } from './model-inputs.ts'

/**
 * Whether a dataset has something to do: sources that the log does not know, a run that somebody left unfinished, or
 * models that are behind their inputs.
 */
export function needsRun(
  state: LakeState,
  now: { dataset: Dataset; pending: readonly Source[]; models: readonly Model[] },
): boolean {
  return (
    state.unfinished !== undefined ||
    now.pending.some((source) => !state.sources[source.id]) ||
    (state.seq > 0 && staleIn(state, now.dataset, now.models).length > 0)
  )
}
