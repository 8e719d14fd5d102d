import type { Dataset } from '@droplake/contracts/dataset'
import { enrichedPartition } from '@droplake/contracts/enriched'
import type { Model, Zone } from '@droplake/models/model'
import { type InputVersion, isPinned, type StaleModel, staleModels } from '@droplake/models/stale'
import type { LakeState, Pin } from './lake-state.ts'

/** What a model's input holds: the location of each partition is its version, since a version is never written again. */
export function inputVersion(state: LakeState, dataset: Dataset, zone: Zone, name: string): InputVersion {
  const partitions =
    (zone === 'curated' ? state.models : zone === 'cleaned' ? state.tables : state.enriched)[name]?.partitions ?? {}
  const versions = Object.fromEntries(Object.entries(partitions).map(([value, { location }]) => [value, location]))
  const table = dataset.tables[name]
  const partition = zone === 'cleaned' ? table?.partition : zone === 'enriched' && table && enrichedPartition(table)
  const partitionColumn = partition ? partition.name : undefined
  return { partitions: versions, ...(partitionColumn ? { partitionColumn } : {}) }
}

/** Models that are behind their inputs or their SQL, in build order. One that was rolled back is where it ought to be. */
export function staleIn(state: LakeState, dataset: Dataset, models: readonly Model[]): StaleModel[] {
  // What never had a file has nothing to show.
  if (Object.keys(state.tables).length === 0) return []
  return staleModels({
    models,
    inputVersions: (zone, name) => inputVersion(state, dataset, zone, name),
    published: state.models,
  })
}

/** Models that were rolled back and are built no more, each with a sentence about it. */
export function pinnedIn(state: LakeState, models: readonly Model[]): Record<string, string> {
  const pinned = models.flatMap((model) => {
    const shown = state.models[model.name]
    return shown?.pin && isPinned(model, shown) ? [[model.name, describePin(state.dataset, model.name, shown.pin)]] : []
  })
  return Object.fromEntries(pinned)
}

function describePin(dataset: string, model: string, { at, run }: Pin): string {
  const date = new Date(at).toISOString().slice(0, 10)
  return `it was rolled back by hand on ${date} to the version of run ${run}; other SQL lets it go, or droplake rollback ${model} --release --dataset ${dataset}`
}
