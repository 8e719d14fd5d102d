import type { DataEffects } from '@droplake/pipeline/effects'
import { type IngestInput, ingest } from './ingest.ts'

export const handler = (fx: DataEffects) => (event: IngestInput) => ingest(fx, event)
