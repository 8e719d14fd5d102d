import { QueryFailed } from '@droplake/lake/query-engine'
import type { RunInput, With } from '@droplake/pipeline/effects'
import { namesOf, publicError } from '@droplake/pipeline/public-text'
import { type AuditInput, auditModel } from './audit-model.ts'
import { planModels } from './plan-models.ts'
import { type FailInput, recordFailure } from './record-failure.ts'
import { type RenderInput, renderModel } from './render-model.ts'

export type BuildModelsInput =
  | (RunInput & { action: 'plan' })
  | (RenderInput & { action: 'render' })
  | (AuditInput & { action: 'audit' })
  | (FailInput & { action: 'fail' })

/** The state machine's four calls about models: which, their statements, whether the result may be shown, what failed. */
export async function buildModels(fx: With<'catalog' | 'engine' | 'models'>, input: BuildModelsInput): Promise<object> {
  try {
    switch (input.action) {
      case 'plan':
        return await planModels(fx, input)
      case 'render':
        return await renderModel(fx, input)
      case 'audit':
        return await auditModel(fx, input)
      case 'fail':
        return await recordFailure(fx, input)
    }
  } catch (error) {
    // The names that a model misspelt are known here, and no longer where other errors are made public.
    throw error instanceof QueryFailed ? publicError(error, await namesOf(fx, input.dataset)) : error
  }
}
