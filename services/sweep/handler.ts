import type { Effects } from '@droplake/pipeline/effects'
import { type SweepInput, sweep } from './sweep.ts'

export const handler = (fx: Effects) => (event: SweepInput) => sweep(fx, event)
