import type { Model, ResolveName } from '@droplake/models/model'
import { qualifiedName } from '@droplake/models/quote'
import type { PublishedModel } from '@droplake/models/stale'
import { database, datasetOf, type Effects } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { inputVersion } from '@droplake/pipeline/model-inputs'
import type { ModelRecord } from '@droplake/pipeline/model-records'
import { findRecord } from '@droplake/pipeline/records'

/** What a model of this run is built from: this run's versions where it builds them, the published ones otherwise. */
export interface Versions {
  names: ResolveName
  /** `zone.name` → partition → version */
  inputs: PublishedModel['inputs']
  /** An input model that was to be built in this run and was not. */
  missing?: string
}

export async function versionsFor(
  fx: Pick<Effects, 'store' | 'datasets' | 'settings'>,
  state: LakeState,
  at: { run: string; model: Model },
): Promise<Versions> {
  const { run, model } = at
  const dataset = datasetOf(fx, state.dataset)
  const looked = model.audits.flatMap((audit) => (audit.kind === 'relationships' ? [audit.to.name] : []))
  const tables = new Map<string, string>()
  const inputs: PublishedModel['inputs'] = {}
  let missing: string | undefined
  for (const name of new Set([
    ...model.inputs.filter(({ zone }) => zone === 'curated').map(({ name }) => name),
    ...looked,
  ])) {
    const built = await findRecord<ModelRecord>(fx.store, keys.modelDone(run, name))
    const version = built?.status === 'built' ? built.model : state.models[name]
    if (!version || (built && built.status !== 'built')) missing ??= name
    if (!version) continue
    tables.set(name, version.table)
    inputs[`curated.${name}`] = locations(version.partitions)
  }
  for (const name of looked)
    if (!model.inputs.some((input) => input.zone === 'curated' && input.name === name)) delete inputs[`curated.${name}`]
  for (const { zone, name } of model.inputs)
    if (zone !== 'curated') inputs[`${zone}.${name}`] = inputVersion(state, dataset, zone, name).partitions
  return {
    names: (zone, name) =>
      zone === 'curated'
        ? qualifiedName(database(fx, state.dataset, 'build'), tables.get(name) ?? name)
        : qualifiedName(database(fx, state.dataset, zone), name),
    inputs,
    ...(missing ? { missing } : {}),
  }
}

const locations = (partitions: PublishedModel['partitions']) =>
  Object.fromEntries(Object.entries(partitions).map(([value, { location }]) => [value, location]))

/** Names of one attempt's tables: the statements write `new`, and `version` is what readers will see. */
export function attemptNames(at: { dataset: string; run: string; model: string; attempt: number }) {
  const version = `${at.model}__${at.run.replaceAll('-', '_').toLowerCase()}_${at.attempt}`
  const location = keys.modelVersion(at.dataset, at.model, at.run, String(at.attempt))
  return { version, fresh: `${version}_new`, location }
}
