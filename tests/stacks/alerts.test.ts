import { execFileSync } from 'node:child_process'
import type { Report } from '@droplake/pipeline/report'
import { describe, expect, test } from 'vitest'
import { functionsOf, type Graph, ofType, one, type Resource } from './graph.ts'
import { all, full, personal, production } from './graphs.ts'
import { statementsOf } from './iam.ts'
import { root } from './paths.ts'

const alarmsOf = (graph: Graph) => ofType(graph, 'aws:cloudwatch/metricAlarm:MetricAlarm').map(({ inputs }) => inputs)
const alarmOn = (graph: Graph, metricName: string, dimensions: object) =>
  alarmsOf(graph).find(
    (alarm) => alarm.metricName === metricName && JSON.stringify(alarm.dimensions) === JSON.stringify(dimensions),
  )

/** `droplake RunSeconds {"service":"finish",…}` */
const metric = (namespace: string, name: string, dimensions: object) =>
  `${namespace} ${name} ${JSON.stringify(Object.fromEntries(Object.entries(dimensions).sort()))}`

/** Every metric that a dashboard shows. */
function shown({ inputs }: Resource): string[] {
  const { widgets } = JSON.parse(inputs.dashboardBody) as { widgets: { properties: { metrics: unknown[][] } }[] }
  return widgets.flatMap(({ properties }) =>
    properties.metrics.map(([namespace, name, ...rest]) => {
      const dimensions = rest.filter((part) => typeof part === 'string')
      const pairs = dimensions.flatMap((part, n) => (n % 2 === 0 ? [[part, dimensions[n + 1]]] : []))
      return metric(String(namespace), String(name), Object.fromEntries(pairs))
    }),
  )
}

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  test('every alarm tells the topic, also when all is well again', () => {
    for (const alarm of alarmsOf(graph)) {
      expect(alarm.alarmActions, alarm.name).toEqual([graph.outputs.topic])
      expect(alarm.okActions, alarm.name).toEqual([graph.outputs.topic])
      expect(alarm.alarmDescription).toContain(`stage ${graph.stage}: `)
    }
  })

  test('there is one for each way in which something is lost or late', () => {
    const queue = one(graph, 'aws:sqs/queue:Queue').state.name
    expect(alarmOn(graph, 'ApproximateNumberOfMessagesVisible', { QueueName: queue })?.threshold).toBe(0)
    for (const { service, name } of functionsOf(graph)) {
      if (service === 'generate') continue
      if (service !== 'rollback')
        expect(alarmOn(graph, 'Errors', { FunctionName: name }), service).toMatchObject({
          threshold: 0,
          statistic: 'Sum',
        })
      expect(alarmOn(graph, 'Throttles', { FunctionName: name }), service).toBeDefined()
    }
    for (const StateMachineArn of [graph.outputs.stateMachine, graph.outputs.sweepStateMachine]) {
      for (const name of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'])
        expect(alarmOn(graph, name, { StateMachineArn }), name).toMatchObject({ threshold: 0 })
      expect(alarmOn(graph, 'ExecutionTime', { StateMachineArn })?.threshold).toBe(3_600_000)
    }
  })

  test('CloudWatch and Budgets may publish to the encrypted topic, which needs the key as well', () => {
    const services = ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com']
    const topic = statementsOf(one(graph, 'aws:sns/topicPolicy:TopicPolicy').inputs.policy)
    const key = statementsOf(one(graph, 'aws:kms/key:Key').inputs.policy)
    const trusted = (statements: typeof topic, action: string) =>
      statements
        .filter(({ effect, actions }) => effect === 'Allow' && actions.includes(action))
        .flatMap(({ principal }) => (principal as { Service?: string | string[] }).Service ?? [])
    expect(trusted(topic, 'sns:Publish')).toEqual(services)
    expect(trusted(key, 'kms:GenerateDataKey')).toEqual(services)
    expect(one(graph, 'aws:sns/topic:Topic').inputs.kmsMasterKeyId).toBe(one(graph, 'aws:kms/key:Key').state.arn)
  })
})

test('whoever the settings name is subscribed, and a stage without names has no subscription', () => {
  const subscribed = ofType(full, 'aws:sns/topicSubscription:TopicSubscription').map(({ inputs }) => inputs)
  expect(subscribed).toEqual([
    { topic: full.outputs.topic, protocol: 'email', endpoint: 'data@example.com' },
    { topic: full.outputs.topic, protocol: 'https', endpoint: 'https://example.com/alerts' },
  ])
  expect(ofType(personal, 'aws:sns/topicSubscription:TopicSubscription')).toEqual([])
})

test('a dataset that has to be fresh is told when nothing of it was published for so many hours', () => {
  const stale = alarmsOf(full).find(({ metricName }) => metricName === 'Published')
  expect(stale).toMatchObject({
    period: 3600,
    evaluationPeriods: 26,
    datapointsToAlarm: 26,
    treatMissingData: 'breaching',
  })
  expect(stale).toMatchObject({ comparisonOperator: 'LessThanThreshold', threshold: 1, statistic: 'Sum' })
  expect(alarmsOf(personal).find(({ metricName }) => metricName === 'Published')).toBeUndefined()
})

test('a budget tells the topic at 80 % and before it is exceeded', () => {
  const { inputs } = one(full, 'aws:budgets/budget:Budget')
  expect(inputs).toMatchObject({ limitAmount: '150', timeUnit: 'MONTHLY' })
  expect(inputs).not.toHaveProperty('filterExpression')
  const deployment = `${full.app.name}-${full.stage}`
  expect(inputs.costFilters).toEqual([{ name: 'TagKeyValue', values: [`user:deployment$${deployment}`] }])
  for (const { app, stage } of [personal, production])
    expect(app.providers.aws.defaultTags.tags.deployment).toBe(`${app.name}-${stage}`)
  const told = inputs.notifications as {
    notificationType: string
    threshold: number
    subscriberSnsTopicArns: string[]
  }[]
  expect(told.map(({ notificationType, threshold }) => [notificationType, threshold])).toEqual([
    ['ACTUAL', 80],
    ['FORECASTED', 100],
  ])
  for (const { subscriberSnsTopicArns } of told) expect(subscriberSnsTopicArns).toEqual([full.outputs.topic])
  expect(ofType(personal, 'aws:budgets/budget:Budget')).toEqual([])
})

describe('the figures of a run', () => {
  /** What the last step of a run really writes, under the environment that the stage gives it. */
  function written(graph: Graph): Set<string> {
    const environment = functionsOf(graph).find(({ service }) => service === 'finish')?.environment ?? {}
    const counts = { records: 1, rowsIn: 1, kept: 1, duplicate: 0, quarantined: 0, blank: 0, repaired: 0, replaced: 0 }
    const report: Partial<Report> = {
      runId: 'r',
      dataset: 'olist',
      status: 'published',
      durationMs: 1000,
      tables: { orders: { ...counts, rowsTotal: 1 } },
      io: { bytesIn: 1, bytesRead: 1, bytesWritten: 1, requests: 1 },
    }
    const script = `
      const { publishMetrics } = await import('@droplake/services/runtime/metrics')
      publishMetrics(${JSON.stringify(report)})`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      env: { PATH: process.env.PATH, ...environment },
      encoding: 'utf8',
    })
    const metrics = new Set<string>()
    for (const line of output.trim().split('\n')) {
      const document = JSON.parse(line)
      for (const { Namespace, Dimensions, Metrics } of document._aws.CloudWatchMetrics)
        for (const names of Dimensions as string[][])
          for (const { Name } of Metrics)
            metrics.add(metric(Namespace, Name, Object.fromEntries(names.map((name) => [name, document[name]]))))
    }
    return metrics
  }

  test.each([personal, full])('are what dashboard and alarms look at', (graph) => {
    const metrics = written(graph)
    expect(metrics.size).toBeGreaterThan(9)
    const looked = [
      ...shown(one(graph, 'aws:cloudwatch/dashboard:Dashboard')),
      ...alarmsOf(graph).map(({ namespace, metricName, dimensions }) => metric(namespace, metricName, dimensions)),
    ].filter((name) => name.startsWith('droplake '))
    expect(looked.length).toBeGreaterThan(8)
    expect(looked.filter((name) => !metrics.has(name))).toEqual([])
  })

  test('stand on one page with those of Lambda, Step Functions, Athena and the queue', () => {
    const namespaces = new Set(shown(one(full, 'aws:cloudwatch/dashboard:Dashboard')).map((name) => name.split(' ')[0]))
    expect([...namespaces].sort()).toEqual(['AWS/Athena', 'AWS/Lambda', 'AWS/SQS', 'AWS/States', 'droplake'])
  })
})
