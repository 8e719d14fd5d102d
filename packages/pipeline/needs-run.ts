import type { Dataset } from '@droplake/contracts/dataset'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { Model } from '@droplake/models/model'
import type { LakeState } from './lake-state.ts'
import { pendingIds, pendingSources } from './markers.ts'
import { staleIn } from './model-inputs.ts'

const failuresInARow = 3

/**
 * Whether a dataset has something to do: sources that the log does not know, a run that somebody left unfinished, or
 * models that are behind their inputs. Models that a rule held, or that failed three times in a row, wait for new data, for
 * a rollback or for a run that is asked for: nothing else would change the outcome.
 */
export function needsRun(
  state: LakeState,
  now: {
    dataset: Dataset
    /** Ids of the pending sources. */
    pending: readonly string[]
    models: readonly Model[]
  },
): boolean {
  return (
    state.unfinished !== undefined ||
    now.pending.some((id) => !state.sources[id]) ||
    (state.seq > 0 && !isHopeless(state) && staleIn(state, now.dataset, now.models).length > 0)
  )
}

function isHopeless(state: LakeState): boolean {
  // Models are built from other versions now.
  if (state.ended.findLast(({ purpose }) => purpose !== 'sweep')?.purpose === 'rollback') return false
  const last = state.ended.filter(({ purpose }) => purpose === 'pipeline').slice(-failuresInARow)
  const failed = last.length === failuresInARow && last.every(({ status }) => status === 'failed')
  return failed || last.at(-1)?.status === 'held'
}

/**
 * Ids of the pending sources that a run could take. Those of a table that is out of service wait for its contract, and are
 * no reason for a run until then.
 */
export async function workable(store: ObjectStore, dataset: Dataset): Promise<string[]> {
  if (!dataset.outOfService) return pendingIds(store, dataset.name)
  const pending = await pendingSources(store, dataset.name)
  return pending.filter(({ table }) => Object.hasOwn(dataset.tables, table)).map(({ id }) => id)
}
