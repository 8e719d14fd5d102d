/// <reference path="../.sst/platform/config.d.ts" />
import { peopleWorkgroup, pipelineWorkgroup } from './athena.ts'
import { deadLetters } from './dead-letters.ts'
import { type MetricName, metricDimensions, metricNamespace } from './metrics.ts'
import { pipeline } from './pipeline.ts'
import { services } from './services.ts'
import { datasets, named, region } from './stage.ts'
import { sweepMachine } from './sweep.ts'

type Metric = (string | object)[]

/** Half the width of the page each, two in a line. */
const widget =
  (title: string, at: string, metrics: Metric[], options: object = {}) =>
  (place: number) => ({
    type: 'metric',
    x: (place % 2) * 12,
    y: Math.floor(place / 2) * 6,
    width: 12,
    height: 6,
    properties: { title, region: at, metrics, stat: 'Sum', period: 300, ...options },
  })

const pipelineMetrics = (...names: MetricName[]): Metric[] =>
  datasets.flatMap(({ name: dataset }) =>
    names.map((name) => [
      metricNamespace,
      name,
      ...Object.entries(metricDimensions(dataset)).flat(),
      { label: `${dataset} ${name}` },
    ]),
  )

const body = $resolve({
  at: region,
  pipeline: pipeline.arn,
  sweep: sweepMachine.arn,
  queue: deadLetters.name,
  workgroups: $resolve([pipelineWorkgroup.name, peopleWorkgroup.name]),
  functions: $resolve(Object.fromEntries(Object.entries(services).map(([service, { name }]) => [service, name]))),
}).apply(({ at, functions, queue, workgroups, ...machines }) => {
  const ofMachines = (name: string) =>
    Object.entries(machines).map(([label, arn]) => [
      'AWS/States',
      name,
      'StateMachineArn',
      arn,
      { label: `${label} ${name}` },
    ])
  const ofServices = (name: string) =>
    Object.entries(functions).map(([label, of]) => ['AWS/Lambda', name, 'FunctionName', of, { label }])
  const ofWorkgroups = (name: string) => workgroups.map((of) => ['AWS/Athena', name, 'WorkGroup', of])
  const widgets = [
    widget('Rows', at, pipelineMetrics('RowsIn', 'RowsKept', 'RowsDuplicate', 'RowsQuarantined')),
    widget('Runs', at, pipelineMetrics('Published', 'Held', 'Failed')),
    widget('Seconds of a run', at, pipelineMetrics('RunSeconds'), { stat: 'Maximum' }),
    widget('Bytes in', at, pipelineMetrics('BytesIn')),
    widget('Executions', at, ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'].flatMap(ofMachines)),
    widget('Longest execution', at, ofMachines('ExecutionTime'), { stat: 'Maximum' }),
    widget('Lambda: errors', at, ofServices('Errors')),
    widget('Lambda: throttles', at, ofServices('Throttles')),
    widget('Lambda: longest call', at, ofServices('Duration'), { stat: 'Maximum' }),
    widget('Lambda: at a time', at, ofServices('ConcurrentExecutions'), { stat: 'Maximum' }),
    widget('Athena: bytes scanned', at, ofWorkgroups('ProcessedBytes')),
    widget('Dead letters', at, [['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', queue]], {
      stat: 'Maximum',
    }),
  ]
  return JSON.stringify({ widgets: widgets.map((place, n) => place(n)) })
})

export const dashboard = new aws.cloudwatch.Dashboard('Dashboard', {
  dashboardName: named('dashboard', 255),
  dashboardBody: body,
})

export const dashboardUrl = $interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`
