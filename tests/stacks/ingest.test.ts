import { describe, expect, test } from 'vitest'
import { takes } from './event-pattern.ts'
import { type Graph, one } from './graph.ts'
import { all } from './graphs.ts'
import { allows, grantsOf, roleByArn, statementsOf } from './iam.ts'

/** An event as S3 sends it; keys stand in it as they are. */
const created = (bucket: string, key: string) => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '123456789012',
  time: '2026-03-01T12:00:00Z',
  region: 'eu-central-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: {
      key,
      size: 5,
      etag: 'b1946ac92492d2347c6235b4d2611184',
      'version-id': 'IYV3p45BT0ac',
      sequencer: '00617F',
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '1.2.3.4',
    reason: 'PutObject',
  },
})
const patternOf = (graph: Graph, name: string) =>
  JSON.parse(one(graph, 'aws:cloudwatch/eventRule:EventRule', name).inputs.eventPattern)

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  const pattern = patternOf(graph, 'Ingest')
  const { bucket } = graph.outputs

  test.each([
    'raw/olist/olist_orders_dataset.csv',
    'raw/olist/orders of march.csv',
    'raw/olist/orders+march.csv',
    'raw/olist/orders%2Fmarch.csv',
    'raw/olist/pedidos-março.csv',
    'raw/olist/a/b/c/orders.csv.gz',
    'raw/nobody_knows/x.csv',
  ])('the bell rings for %s', (key) => {
    expect(takes(pattern, created(bucket, key))).toBe(true)
  })

  test.each([
    ['what the pipeline writes', created(bucket, 'cleaned/olist/orders/x.parquet')],
    ['another folder whose name begins alike', created(bucket, 'raw-copies/olist/orders.csv')],
    ['a folder raw elsewhere', created(bucket, 'ops/raw/olist/orders.csv')],
    ['another bucket', created(`${bucket}-2`, 'raw/olist/orders.csv')],
    ['a deletion', { ...created(bucket, 'raw/olist/orders.csv'), 'detail-type': 'Object Deleted' }],
    ['somebody else’s event', { ...created(bucket, 'raw/olist/orders.csv'), source: 'shop.orders' }],
  ])('and not for %s', (_, event) => {
    expect(takes(pattern, event)).toBe(false)
  })

  test('it starts the pipeline, for a day again and again, and what is left goes to the dead letters', () => {
    const { inputs } = one(graph, 'aws:cloudwatch/eventTarget:EventTarget', 'IngestTarget')
    const queue = one(graph, 'aws:sqs/queue:Queue')
    const rule = one(graph, 'aws:cloudwatch/eventRule:EventRule', 'Ingest')
    expect(inputs).toMatchObject({
      rule: rule.state.name,
      arn: graph.outputs.stateMachine,
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      deadLetterConfig: { arn: queue.state.arn },
    })
    expect(inputs).not.toHaveProperty('inputTransformer')
    const grants = grantsOf(roleByArn(graph, inputs.roleArn))
    expect(grants.flatMap(({ actions, resources }) => [...actions, ...resources])).toEqual([
      'states:StartExecution',
      graph.outputs.stateMachine,
    ])
  })

  test('every rule’s dead letters may be put into the queue, and no other rule’s', () => {
    const statements = statementsOf(one(graph, 'aws:sqs/queuePolicy:QueuePolicy').inputs.policy)
    const [allowed] = statements.filter(({ effect }) => effect === 'Allow')
    const rules = graph.resources.filter(({ type }) => type === 'aws:cloudwatch/eventRule:EventRule')
    expect([allowed?.condition.ArnLike?.['aws:SourceArn']].flat().sort()).toEqual(
      rules.map(({ state }) => state.arn).sort(),
    )
    expect(allowed?.actions).toEqual(['sqs:SendMessage'])
  })

  test('the bucket tells EventBridge, in its one notification resource', () => {
    const { inputs } = one(graph, 'aws:s3/bucketNotification:BucketNotification')
    expect(inputs).toEqual({ bucket, eventbridge: true })
  })

  test('an execution that ended badly wakes the one who goes on, and one that ended well does not', () => {
    const ended = patternOf(graph, 'Ended')
    const event = (stateMachineArn: string, status: string) => ({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: { stateMachineArn, status, executionArn: 'x', name: 'y' },
    })
    const { stateMachine, sweepStateMachine } = graph.outputs
    for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED']) {
      expect(takes(ended, event(stateMachine, status))).toBe(true)
      expect(takes(ended, event(sweepStateMachine, status))).toBe(true)
    }
    expect(takes(ended, event(stateMachine, 'SUCCEEDED'))).toBe(false)
    expect(takes(ended, event(stateMachine, 'RUNNING'))).toBe(false)
    // An item of a Distributed Map: its own run looks after it.
    expect(takes(ended, event(`${stateMachine}/Clean`, 'FAILED'))).toBe(false)
  })

  test('and is called by that rule, with what it could not do kept', () => {
    const wake = one(graph, 'aws:lambda/function:Function', 'ServicewakeFunction').state
    const rule = one(graph, 'aws:cloudwatch/eventRule:EventRule', 'Ended').state
    const queue = one(graph, 'aws:sqs/queue:Queue').state
    const target = one(graph, 'aws:cloudwatch/eventTarget:EventTarget', 'EndedTarget').inputs
    expect(target).toMatchObject({ rule: rule.name, arn: wake.arn, deadLetterConfig: { arn: queue.arn } })
    expect(one(graph, 'aws:lambda/permission:Permission').inputs).toEqual({
      action: 'lambda:InvokeFunction',
      function: wake.name,
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn,
    })
    const invoked = one(graph, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig').inputs
    expect(invoked).toMatchObject({
      functionName: wake.name,
      destinationConfig: { onFailure: { destination: queue.arn } },
    })
    expect(allows(grantsOf(roleByArn(graph, wake.role)), 'sqs:SendMessage', queue.arn)).toBe(true)
  })
})
