import { clickEvents } from '@droplake/services/generate/click-events'
import { packLines } from '@droplake/services/generate/pack-lines'
import { expect, test } from 'vitest'
import { functionsOf, type Graph, ofType, one } from './graph.ts'
import { all, full, personal } from './graphs.ts'
import { grantsOf, roleByArn } from './iam.ts'

const schedulesOf = (graph: Graph) =>
  Object.fromEntries(ofType(graph, 'aws:scheduler/schedule:Schedule').map(({ name, inputs }) => [name, inputs]))

test.each(all)('a pass comes every ten minutes and a sweep every day', (graph) => {
  const { Schedulepass, Schedulesweep } = schedulesOf(graph)
  const wake = functionsOf(graph).find(({ service }) => service === 'wake')
  expect(Schedulepass).toMatchObject({
    scheduleExpression: 'rate(10 minutes)',
    target: { arn: wake?.arn, input: '{"reason":"pass"}' },
  })
  expect(Schedulesweep?.target.arn).toBe(graph.outputs.sweepStateMachine)
  expect(JSON.parse(Schedulesweep?.target.input)).toEqual({ datasets: ['olist'], keep: 10, graceMs: 86_400_000 })
})

test.each(all)('every schedule may start its target and keep its dead letters, and nothing more', (graph) => {
  const queue = one(graph, 'aws:sqs/queue:Queue').state.arn
  for (const [name, { target }] of Object.entries(schedulesOf(graph))) {
    const action = target.arn.includes(':lambda:') ? 'lambda:InvokeFunction' : 'states:StartExecution'
    const grants = grantsOf(roleByArn(graph, target.roleArn)).map(({ actions, resources }) => [actions, resources])
    expect(grants, name).toEqual([
      [[action], [target.arn]],
      [['sqs:SendMessage'], [queue]],
    ])
    expect(target.deadLetterConfig).toEqual({ arn: queue })
  }
})

test('a dataset runs at the times that the settings say, in their time zone', () => {
  const run = schedulesOf(full)['Schedulerun-olist']
  expect(run).toMatchObject({ scheduleExpression: 'cron(0 6 * * ? *)', scheduleExpressionTimezone: 'Europe/Berlin' })
  expect(run?.target.arn).toBe(full.outputs.stateMachine)
  expect(JSON.parse(run?.target.input)).toEqual({ dataset: 'olist', reason: 'pass' })
  expect(Object.keys(schedulesOf(personal)).sort()).toEqual(['Schedulepass', 'Schedulesweep'])
})

test('a stage has no stream unless it wants one', () => {
  expect(personal.resources.filter(({ type }) => type.startsWith('aws:kinesis'))).toEqual([])
  expect(functionsOf(personal).some(({ service }) => service === 'generate')).toBe(false)
  expect(personal.outputs).not.toHaveProperty('stream')
})

test('the stream lands under raw/ by type and date, each event on a line of its own, and what fails elsewhere', () => {
  const { inputs } = one(full, 'aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream')
  const to = inputs.extendedS3Configuration
  expect(to.prefix).toBe('raw/stream/!{partitionKeyFromQuery:event_type}/!{timestamp:yyyy/MM/dd}/')
  expect(to.errorOutputPrefix).toMatch(/^stream-errors\//)
  expect(to.dynamicPartitioningConfiguration).toEqual({ enabled: true })
  const { processors } = to.processingConfiguration
  expect(processors.map(({ type }: { type: string }) => type)).toEqual([
    'RecordDeAggregation',
    'MetadataExtraction',
    'AppendDelimiterToRecord',
  ])
  expect(JSON.stringify(processors)).toContain('{event_type: (.event_type // \\"unknown\\")}')
  expect(one(full, 'aws:kinesis/stream:Stream').inputs.streamModeDetails).toEqual({ streamMode: 'ON_DEMAND' })
})

test('Firehose reads that stream and writes those folders, and nothing more', () => {
  const { inputs } = one(full, 'aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream')
  const grants = grantsOf(roleByArn(full, inputs.extendedS3Configuration.roleArn))
  const objects = grants.filter(({ actions }) => actions.includes('s3:PutObject')).flatMap(({ resources }) => resources)
  const { bucket } = full.outputs
  expect(objects).toEqual([`arn:aws:s3:::${bucket}/raw/stream/*`, `arn:aws:s3:::${bucket}/stream-errors/stream/*`])
  expect([...new Set(grants.flatMap(({ actions }) => actions))].sort()).toEqual([
    ...['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'],
    ...['kms:Decrypt', 'kms:GenerateDataKey', 'logs:PutLogEvents', 's3:AbortMultipartUpload', 's3:GetBucketLocation'],
    ...['s3:GetObject', 's3:ListBucket', 's3:ListBucketMultipartUploads', 's3:PutObject'],
  ])
})

test('sample events have the type by which they are sorted, and share records', () => {
  const generate = functionsOf(full).find(({ service }) => service === 'generate')
  expect(generate?.environment.DROPLAKE_STREAM).toBe(full.outputs.stream)
  const input = JSON.parse(schedulesOf(full).Schedulegenerate?.target.input)
  expect(input).toEqual({ events: 1000, scheduledAt: '<aws.scheduler.scheduled-time>' })
  const events = clickEvents(input.events, { seed: 1, until: 1_772_366_400 })
  expect(events.every(({ event_type }) => event_type)).toBe(true)
  expect(
    packLines(
      events.map((event) => JSON.stringify(event)),
      65_536,
    ).length,
  ).toBeLessThan(8)
})
