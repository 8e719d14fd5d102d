import type { Effects } from '@droplake/pipeline/effects'
import { type FinishInput, finish } from './finish.ts'

export const handler = (fx: Effects) => (event: FinishInput) => finish(fx, event)
