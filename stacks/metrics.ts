/// <reference path="../.sst/platform/config.d.ts" />
export type { MetricName } from '@droplake/services/finish/measurements'

/** What the last step of a run tells CloudWatch, and by what. */
export const metricNamespace = 'droplake'
export const metricDimensions = (dataset: string) => ({ service: 'finish', stage: $app.stage, dataset })
