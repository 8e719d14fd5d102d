/// <reference path="../.sst/platform/config.d.ts" />
import { deadLetters } from './dead-letters.ts'
import { type MetricName, metricDimensions, metricNamespace } from './metrics.ts'
import { pipeline } from './pipeline.ts'
import { services } from './services.ts'
import { named, settings } from './stage.ts'
import { sweepMachine } from './sweep.ts'
import { topic } from './topic.ts'

type Options = Omit<aws.cloudwatch.MetricAlarmArgs, 'name' | 'alarmDescription'>

function alarm(name: string, description: string, options: Options) {
  return new aws.cloudwatch.MetricAlarm(`Alarm-${name}`, {
    name: named(`alarm-${name}`, 255),
    alarmDescription: `droplake, stage ${$app.stage}: ${description}`,
    treatMissingData: 'notBreaching',
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    ...options,
  })
}

/** Tells at the first value above the threshold within five minutes. */
const above = (threshold: number, statistic: 'Sum' | 'Maximum') => ({
  comparisonOperator: 'GreaterThanThreshold',
  evaluationPeriods: 1,
  period: 300,
  statistic,
  threshold,
})

alarm('dead-letters', 'something could not be delivered; read the queue, then send it again', {
  ...above(0, 'Maximum'),
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: deadLetters.name },
})

for (const [service, { name }] of Object.entries(services)) {
  const of = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name } }
  // What a rollback refuses is told to the person who asked for it.
  if (service !== 'rollback')
    alarm(`${service}-errors`, `service ${service} failed`, { ...above(0, 'Sum'), ...of, metricName: 'Errors' })
  // A few are tried again and cost nothing but time.
  alarm(`${service}-throttles`, `service ${service} is held back by its limit of concurrency`, {
    ...above(20, 'Sum'),
    ...of,
    metricName: 'Throttles',
  })
}

for (const [name, machine] of Object.entries({ pipeline, sweep: sweepMachine })) {
  const of = { namespace: 'AWS/States', dimensions: { StateMachineArn: machine.arn } }
  for (const metricName of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])
    alarm(`${name}-${metricName}`, `executions of ${name} did not end well`, { ...above(0, 'Sum'), ...of, metricName })
  alarm(`${name}-slow`, `an execution of ${name} took more than ${settings.alerts.slowRunMinutes} minutes`, {
    ...above(settings.alerts.slowRunMinutes * 60_000, 'Maximum'),
    ...of,
    metricName: 'ExecutionTime',
  })
}

for (const [dataset, hours] of Object.entries(settings.alerts.staleHours))
  alarm(`${dataset}-stale`, `nothing of ${dataset} was published for ${hours} hours`, {
    namespace: metricNamespace,
    metricName: 'Published' satisfies MetricName,
    dimensions: metricDimensions(dataset),
    statistic: 'Sum',
    period: 3600,
    evaluationPeriods: hours,
    datapointsToAlarm: hours,
    comparisonOperator: 'LessThanThreshold',
    threshold: 1,
    treatMissingData: 'breaching',
  })
