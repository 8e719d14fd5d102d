import { keys } from '@droplake/pipeline/keys'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { catalog } from '../runtime/catalog.ts'
import { data } from '../runtime/data.ts'
import { lambda } from '../runtime/lambda.ts'
import { publishMetrics } from '../runtime/metrics.ts'
import { models } from '../runtime/models.ts'
import { type FinishInput, finish } from './finish.ts'

export const handler = lambda({ ...data, catalog, models }, async (fx, input: FinishInput) => {
  const finished = await finish(fx, input)
  if (finished.status !== 'fenced') publishMetrics(await readRecord<Report>(fx.store, keys.report(input.run)))
  return finished
})
