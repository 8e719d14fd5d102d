import { randomUUID } from 'node:crypto'
import { didYouMean } from '@droplake/contracts/did-you-mean'
import type { LakeState, Pin } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { cataloguedVersions, type ModelVersion, modelVersions } from '@droplake/pipeline/model-versions'
import type { Place } from '@droplake/pipeline/place'
import { DamagedObject } from '@droplake/pipeline/records'
import { type RolledBack, rollback as rollbackModel } from '@droplake/pipeline/rollback'
import { ended, started } from './holder.ts'
import { UsageError } from './usage-error.ts'

/** Moves a model to a version that was published before, or lets go of one that was moved. */
export async function rollback(
  { fx }: Pick<Place, 'fx'>,
  options: { dataset: string; model: string; to?: string; release?: boolean },
): Promise<RolledBack> {
  const execution = `local-${randomUUID()}`
  started(execution)
  try {
    const startedAt = new Date(fx.clock.now()).toISOString()
    return await rollbackModel(fx, { ...options, execution, startedAt })
  } finally {
    ended(execution)
  }
}

/** The versions of a model that it can be moved to, the one that readers see among them; newest first. */
export async function versionsOf(
  { fx }: Pick<Place, 'fx'>,
  at: { dataset: string; model: string },
): Promise<{ versions: ModelVersion[]; pin: Pin | undefined }> {
  const state = await readIntact(fx, at.dataset)
  if (!state) return { versions: await cataloguedVersions(fx, at), pin: undefined }
  const versions = await modelVersions(fx, state, at.model)
  return { versions: versions.filter(({ whole, shown }) => whole || shown), pin: state.models[at.model]?.pin }
}

/** The one of the datasets that has published a model of that name. */
export async function datasetOfModel(
  { fx }: Pick<Place, 'fx'>,
  model: string,
  among: readonly string[],
): Promise<string> {
  const published = new Map<string, string[]>()
  for (const dataset of among) {
    const state = await readIntact(fx, dataset)
    const models = state ? Object.keys(state.models) : (await fx.catalog.show(dataset))?.views.map(({ name }) => name)
    published.set(dataset, models ?? [])
  }
  const found = among.filter((dataset) => published.get(dataset)?.includes(model))
  const [one, ...more] = found
  if (one !== undefined && more.length === 0) return one
  if (one !== undefined)
    throw new UsageError(`rollback: ${found.join(', ')} each have a model ${model}; name one of them with --dataset`)
  const there = [...published].flatMap(([dataset, names]) =>
    names.length > 0 ? [`${among.length > 1 ? `in ${dataset} ` : ''}${names.sort().join(', ')}`] : [],
  )
  const guess = didYouMean(model, [...published.values()].flat(), ';')
  throw new UsageError(
    `rollback: no model ${model} was ever published${guess} there are ${there.join('; ') || 'none yet'}`,
  )
}

/** Undefined where the log is damaged: the catalog still tells what readers see. */
async function readIntact(fx: Place['fx'], dataset: string): Promise<LakeState | undefined> {
  try {
    return await readState(fx.store, dataset)
  } catch (error) {
    if (error instanceof DamagedObject) return undefined
    throw error
  }
}
