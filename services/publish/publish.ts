import type { PublishedModel } from '@droplake/models/stale'
import type { RunInput, With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { append, holding } from '@droplake/pipeline/log'
import type { ModelPlan, ModelRecord } from '@droplake/pipeline/model-records'
import { reconcile } from '@droplake/pipeline/reconcile'
import { findRecord, readRecord } from '@droplake/pipeline/records'

export type PublishInput = RunInput

/** One log entry makes the built versions the published ones; then the catalog's views follow it. */
export async function publish(fx: With<'catalog'>, { dataset, run }: PublishInput): Promise<{ published: string[] }> {
  const state = await holding(fx.store, dataset, run)
  const { layers } = await readRecord<ModelPlan>(fx.store, keys.modelPlan(run))
  const models: Record<string, PublishedModel> = {}
  for (const name of layers.flat()) {
    const record = await findRecord<ModelRecord>(fx.store, keys.modelDone(run, name))
    if (record?.status === 'built') models[name] = record.model
  }
  const published = Object.keys(models)
  if (published.length > 0 && state.unfinished?.publish === undefined)
    await append(fx, state, { kind: 'publish', run, models })
  await reconcile(fx, dataset)
  return { published }
}
