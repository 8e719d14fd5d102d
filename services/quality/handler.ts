import type { Effects } from '@droplake/pipeline/effects'
import { type CheckQualityInput, checkQuality } from './check-quality.ts'

export const handler = (fx: Effects) => (event: CheckQualityInput) => checkQuality(fx, event)
