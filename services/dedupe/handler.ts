import type { DataEffects } from '@droplake/pipeline/effects'
import { type DedupeInput, dedupe } from './dedupe.ts'

export const handler = (fx: DataEffects) => (event: DedupeInput) => dedupe(fx, event)
