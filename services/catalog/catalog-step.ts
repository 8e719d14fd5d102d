import type { With } from '@droplake/pipeline/effects'
import { type CompareSchemaInput, compareSchema } from './compare-schema.ts'
import { type FollowLogInput, followLog } from './follow-log.ts'

export type CatalogStepInput = (FollowLogInput & { action: 'follow' }) | (CompareSchemaInput & { action: 'compare' })

/** The catalog's two steps: before the crawl and after it. */
export function catalogStep(fx: With<'catalog'>, input: CatalogStepInput): Promise<object> {
  return input.action === 'follow' ? followLog(fx, input) : compareSchema(fx, input)
}
