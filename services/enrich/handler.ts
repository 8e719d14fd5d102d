import type { DataEffects } from '@droplake/pipeline/effects'
import { type EnrichInput, enrich } from './enrich.ts'

export const handler = (fx: DataEffects) => (event: EnrichInput) => enrich(fx, event)
