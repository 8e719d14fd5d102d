import type { DataEffects } from '@droplake/pipeline/effects'
import { type IndexFileInput, indexFile } from './index-file.ts'

export const handler = (fx: DataEffects) => (event: IndexFileInput) => indexFile(fx, event)
