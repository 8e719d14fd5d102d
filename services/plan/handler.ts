import type { DataEffects } from '@droplake/pipeline/effects'
import { type PlanInput, plan } from './plan.ts'

export const handler = (fx: DataEffects) => (event: PlanInput) => plan(fx, event)
