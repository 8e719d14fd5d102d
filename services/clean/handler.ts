import type { DataEffects } from '@droplake/pipeline/effects'
import { type CleanInput, clean } from './clean.ts'

export const handler = (fx: DataEffects) => (event: CleanInput) => clean(fx, event)
