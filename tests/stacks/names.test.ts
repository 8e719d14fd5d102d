import { describe, expect, test } from 'vitest'
import { ofType } from './graph.ts'
import { all, full, personal } from './graphs.ts'

/** AWS's limits: the input that holds a name, its greatest length and its characters. */
const limits: Record<string, [field: string, most: number, characters: RegExp]> = {
  'aws:athena/workgroup:Workgroup': ['name', 128, /^[a-zA-Z0-9._-]+$/],
  'aws:budgets/budget:Budget': ['name', 100, /^[^:\\]+$/],
  'aws:cloudwatch/dashboard:Dashboard': ['dashboardName', 255, /^[\w-]+$/],
  'aws:cloudwatch/eventRule:EventRule': ['name', 64, /^[.\-_A-Za-z0-9]+$/],
  'aws:cloudwatch/eventTarget:EventTarget': ['targetId', 64, /^[.\-_A-Za-z0-9]+$/],
  'aws:cloudwatch/logGroup:LogGroup': ['name', 512, /^[.\-_/#A-Za-z0-9]+$/],
  'aws:cloudwatch/logStream:LogStream': ['name', 512, /^[^:*]+$/],
  'aws:cloudwatch/metricAlarm:MetricAlarm': ['name', 255, /^.+$/],
  'aws:glue/catalogDatabase:CatalogDatabase': ['name', 255, /^[a-z0-9_]+$/],
  'aws:glue/classifier:Classifier': ['name', 255, /^.+$/],
  'aws:glue/crawler:Crawler': ['name', 255, /^.+$/],
  'aws:iam/role:Role': ['name', 64, /^[\w+=,.@-]+$/],
  'aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream': ['name', 64, /^[a-zA-Z0-9_.-]+$/],
  'aws:kinesis/stream:Stream': ['name', 128, /^[a-zA-Z0-9_.-]+$/],
  'aws:kms/alias:Alias': ['name', 256, /^alias\/[a-zA-Z0-9/_-]+$/],
  'aws:lambda/function:Function': ['name', 64, /^[a-zA-Z0-9-_]+$/],
  'aws:s3/bucket:Bucket': ['bucket', 63, /^[a-z0-9][a-z0-9-]+[a-z0-9]$/],
  'aws:scheduler/schedule:Schedule': ['name', 64, /^[0-9a-zA-Z-_.]+$/],
  'aws:scheduler/scheduleGroup:ScheduleGroup': ['name', 64, /^[0-9a-zA-Z-_.]+$/],
  'aws:sfn/stateMachine:StateMachine': ['name', 80, /^[a-zA-Z0-9-_]+$/],
  'aws:sns/topic:Topic': ['name', 256, /^[a-zA-Z0-9_-]+$/],
  'aws:sqs/queue:Queue': ['name', 80, /^[a-zA-Z0-9_-]+$/],
}
/** What AWS names itself, or what is a setting of something else. */
const nameless = [
  /^aws:ec2\//,
  /^aws:kms\/key:/,
  /^aws:lambda\/(permission|functionEventInvokeConfig):/,
  /^aws:s3\/bucket(?!:)/,
  /^aws:(sns|sqs)\/\w+(Policy|Subscription):/,
  /^random:/,
]

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  test('every name fits AWS’s limits', () => {
    for (const { type, name, inputs, custom } of graph.resources) {
      if (!custom || nameless.some((pattern) => pattern.test(type))) continue
      const [field, most, characters] = limits[type] ?? []
      expect(field, `${type} has a limit`).toBeDefined()
      const physical = inputs[field ?? '']
      expect(physical, `${type} ${name}`).toMatch(characters ?? /./)
      expect(physical.length, `${type} ${name} ${physical}`).toBeLessThanOrEqual(most ?? 0)
    }
  })

  test('no two things have one name, and each tells its stage', () => {
    for (const [type, [field]] of Object.entries(limits)) {
      const names = ofType(graph, type).map(({ inputs }) => inputs[field])
      if (!type.includes('eventTarget')) expect(new Set(names).size, type).toBe(names.length)
    }
  })

  test('every AWS resource carries app, stage and deployment as tags', () => {
    const { tags } = graph.app.providers.aws.defaultTags
    expect(tags).toEqual({ app: graph.app.name, stage: graph.stage, deployment: `droplake-${graph.stage}` })
    for (const { type, name, provider, inputs } of graph.resources) {
      // The stage's own provider puts its tags on all that can be tagged; another one would not.
      expect(provider, `${type} ${name}`).toBe('')
      for (const tag of Object.keys(tags)) expect(Object.keys(inputs.tags ?? {}), `${type} ${name}`).not.toContain(tag)
    }
  })
})

test('two stages share no name', () => {
  const namesOf = (graph: typeof personal) =>
    Object.entries(limits).flatMap(([type, [field]]) =>
      type.includes('eventTarget') || type.includes('logStream')
        ? []
        : ofType(graph, type).map(({ inputs }) => inputs[field]),
    )
  const own = new Set(namesOf(personal))
  expect(namesOf(full).filter((name) => own.has(name))).toEqual([])
})
