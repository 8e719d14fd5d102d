import type { Dataset } from '@droplake/contracts/dataset'
import { enrichedPartition } from '@droplake/contracts/enriched'
import type { Model, Zone } from '@droplake/models/model'
import { type InputVersion, type StaleModel, staleModels } from '@droplake/models/stale'
import type { LakeState } from './lake-state.ts'

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

/** Models that are behind their inputs or their SQL, in build order. */
export function staleIn(state: LakeState, dataset: Dataset, models: readonly Model[]): StaleModel[] {
  return staleModels({
    models,
    inputVersions: (zone, name) => inputVersion(state, dataset, zone, name),
    published: state.models,
  })
}
