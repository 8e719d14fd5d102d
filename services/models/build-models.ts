import type { RunInput, With } from '@droplake/pipeline/effects'
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
export function buildModels(fx: With<'catalog' | 'engine' | 'models'>, input: BuildModelsInput): Promise<object> {
  switch (input.action) {
    case 'plan':
      return planModels(fx, input)
    case 'render':
      return renderModel(fx, input)
    case 'audit':
      return auditModel(fx, input)
    case 'fail':
      return recordFailure(fx, input)
  }
}
