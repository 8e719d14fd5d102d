import type { With } from '@droplake/pipeline/effects'
import { messageOf } from '@droplake/pipeline/error-cause'
import { keys } from '@droplake/pipeline/keys'
import { holding } from '@droplake/pipeline/log'
import type { ModelRecord } from '@droplake/pipeline/model-records'
import { createRecord } from '@droplake/pipeline/records'
import type { RenderInput } from './render-model.ts'

export interface FailInput extends RenderInput {
  error: { Error: string; Cause?: string }
}

/** A step about a model threw: the model is failed, its descendants are held, the others go on. */
export async function recordFailure(fx: With<'models'>, { dataset, run, model, error }: FailInput): Promise<object> {
  await holding(fx.store, dataset, run)
  const record: ModelRecord = { status: 'failed', error: `${error.Error}: ${messageOf(error.Cause)}` }
  await createRecord(fx.store, keys.modelDone(run, model), record)
  return {}
}
