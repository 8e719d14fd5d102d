import type { DataEffects } from '@droplake/pipeline/effects'
import { type AcceptInput, accept } from './accept.ts'

export const handler = (fx: DataEffects) => (event: AcceptInput) => accept(fx, event)
