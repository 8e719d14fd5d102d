import type { Effects } from '@droplake/pipeline/effects'
import { type BuildModelsInput, buildModels } from './build-models.ts'

export const handler = (fx: Effects) => (event: BuildModelsInput) => buildModels(fx, event)
