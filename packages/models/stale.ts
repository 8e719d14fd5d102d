import { layers } from './dag.ts'
import type { Model, TableName, Zone } from './model.ts'

/** What an input holds now: a version per partition; the partition of an unpartitioned table is ''. */
export interface InputVersion {
  partitions: Record<string, string>
  partitionColumn?: string
}

/** A model's version that the log published last. */
export interface PublishedModel {
  sqlHash: string
  /** `zone.name` → partition → version that it was built from */
  inputs: Record<string, Record<string, string>>
  partitions: Record<string, { location: string; files: string[]; rows: number }>
  /** Table in the build database. */
  table: string
}

/** A model's version that readers see; with a pin it is an earlier one, to which somebody moved it back. */
export type ShownModel = PublishedModel & {
  /** The SQL that the model had when it was moved back. */
  pin?: { sqlHash: string }
}

/** Whether a model stays where somebody moved it back to: until its SQL is another one. */
export const isPinned = (model: Model, shown: ShownModel | undefined) => shown?.pin?.sqlHash === model.sqlHash

/** `partitions`: only these partition values differ (they may be new or gone); absent: the whole model. */
export interface StaleModel {
  name: string
  reason: string
  partitions?: string[]
}

/** Partition values of an input that differ; undefined: any may differ. */
type Change = { input: string; partitions?: string[] }

/**
 * Models whose SQL or inputs differ from those of the version that readers see, in an order in which they can be built. A
 * pinned model is not among them.
 *
 * The version of a curated input's partition is its location. An input without a version is an error, or with
 * `missingOk` an empty table; of an input model that is stale itself no version is asked for when it is new.
 */
export function staleModels(options: {
  models: readonly Model[]
  inputVersions: (zone: Zone, name: string) => InputVersion | undefined
  published: Record<string, ShownModel>
  missingOk?: boolean
}): StaleModel[] {
  const { models, published } = options
  const stale = new Map<string, StaleModel>()
  for (const name of layers(models).flat()) {
    const model = models.find((candidate) => candidate.name === name)!
    const last = published[name]
    if (!last) stale.set(name, { name, reason: 'never published' })
    else if (isPinned(model, last)) continue
    else if (last.sqlHash !== model.sqlHash) stale.set(name, { name, reason: 'SQL changed' })
    else {
      const changes = model.inputs.flatMap((input) => changeOf(input, { ...options, model, last, stale }))
      if (changes.length > 0) stale.set(name, { name, ...summary(model, changes) })
    }
  }
  return [...stale.values()]
}

function summary(model: Model, changes: readonly Change[]): Omit<StaleModel, 'name'> {
  const reason = `${changes.map(({ input }) => input).join(', ')} changed`
  if (model.materialization !== 'incremental') return { reason }
  const values = new Set<string>()
  for (const { partitions } of changes) {
    if (!partitions) return { reason }
    for (const value of partitions) values.add(value)
  }
  return { reason, partitions: [...values].sort() }
}

function changeOf(
  { zone, name }: TableName,
  options: {
    model: Model
    models: readonly Model[]
    last: PublishedModel
    stale: ReadonlyMap<string, StaleModel>
    inputVersions: (zone: Zone, name: string) => InputVersion | undefined
    missingOk?: boolean
  },
): Change[] {
  const { model, last, stale, missingOk } = options
  const input = `${zone}.${name}`
  const parent = zone === 'curated' ? stale.get(name) : undefined
  if (parent && !parent.partitions) return [{ input }]

  const version = options.inputVersions(zone, name)
  if (!version && !missingOk)
    throw new Error(`models: ${model.name} reads ${input}, which has no version; ingest it first`)
  const now = version?.partitions ?? {}
  const before = last.inputs[input] ?? {}
  const values = new Set(parent?.partitions)
  for (const value of [...Object.keys(now), ...Object.keys(before)]) if (now[value] !== before[value]) values.add(value)
  if (values.size === 0) return []

  const column =
    zone === 'curated' ? options.models.find((other) => other.name === name)?.partitionColumn : version?.partitionColumn
  return column !== undefined && column === model.partitionColumn ? [{ input, partitions: [...values] }] : [{ input }]
}
