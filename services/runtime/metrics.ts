import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Report } from '@droplake/pipeline/report'
import { measurements } from '../finish/measurements.ts'
import { environment } from './environment.ts'

const metrics = new Metrics()

/** Writes a run's figures as CloudWatch's embedded metrics, which cost a log line and no call. */
export function publishMetrics(report: Report): void {
  const stage = environment.stage()
  for (const { table, values } of measurements(report)) {
    metrics.addDimensions({ stage, dataset: report.dataset, ...(table ? { table } : {}) })
    for (const { name, unit, value } of values) metrics.addMetric(name, MetricUnit[unit], value)
    metrics.addMetadata('run', report.runId)
    metrics.publishStoredMetrics()
  }
}
