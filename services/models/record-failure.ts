import type { With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import type { ModelRecord } from '@droplake/pipeline/model-records'
import { namesOf, publicCause } from '@droplake/pipeline/public-text'
import { createRecord } from '@droplake/pipeline/records'
import type { RenderInput } from './render-model.ts'

export interface FailInput extends RenderInput {
  error: { Error: string; Cause?: string }
}

/** A step about a model threw: the model is failed, its descendants are held, the others go on. */
export async function recordFailure(fx: With<'models'>, { dataset, run, model, error }: FailInput): Promise<object> {
  await holding(fx.store, dataset, run)
  const why = publicCause(error.Cause, await namesOf(fx, dataset))
  const record: ModelRecord = { status: 'failed', error: `${error.Error}: ${why}` }
  await createRecord(fx.store, keys.modelDone(run, model), record)
  return {}
}
