import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionsOf, type Graph, one } from './graph.ts'
import { all, full, personal } from './graphs.ts'
import { root } from './paths.ts'

test('a stage answers with what its users and the command need', () => {
  expect(personal.outputs).toEqual({
    stage: 'ana',
    region: 'eu-central-1',
    bucket: one(personal, 'aws:s3/bucket:Bucket').state.bucket,
    topic: 'arn:aws:sns:eu-central-1:123456789012:droplake-ana-alerts',
    stateMachine: 'arn:aws:states:eu-central-1:123456789012:stateMachine:droplake-ana-pipeline',
    sweepStateMachine: 'arn:aws:states:eu-central-1:123456789012:stateMachine:droplake-ana-sweep',
    rollbackStateMachine: 'arn:aws:states:eu-central-1:123456789012:stateMachine:droplake-ana-rollback',
    workgroup: 'droplake-ana-people',
    databasePrefix: 'droplake_ana_',
    databases: ['raw', 'cleaned', 'enriched', 'build', 'curated'].map((zone) => `droplake_ana_olist_${zone}`),
    crawlers: ['droplake_ana_olist_raw'],
    rule: 'droplake-ana-ingest',
    deadLetterQueue: 'https://sqs.eu-central-1.amazonaws.com/123456789012/droplake-ana-dead-letters',
    dashboard:
      'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/droplake-ana-dashboard',
    drop: 'npx droplake drop PATH --stage ana',
    _protect: false,
  })
})

test.each(all)('every function has the size, the runtime and the logs of its service', (graph: Graph) => {
  const functions = graph.resources.filter(({ type }) => type === 'aws:lambda/function:Function')
  expect(functions.length).toBeGreaterThanOrEqual(16)
  const logs = graph.resources
    .filter(({ type }) => type === 'aws:cloudwatch/logGroup:LogGroup')
    .map(({ inputs }) => inputs)
  for (const { inputs } of functions) {
    expect(inputs, inputs.name).toMatchObject({
      runtime: 'nodejs24.x',
      architectures: ['arm64'],
      publish: true,
      tracingConfig: { mode: 'Active' },
      loggingConfig: { logFormat: 'JSON', logGroup: `/aws/lambda/${inputs.name}` },
    })
    const group = logs.find(({ name }) => name === inputs.loggingConfig.logGroup)
    expect(group?.retentionInDays, inputs.name).toBeGreaterThan(0)
  }
  // A paused one that moves names must not wake up much later.
  for (const { service, timeout } of functionsOf(graph))
    if (['catalog', 'publish', 'finish'].includes(service)) expect(timeout, service).toBe(60)
})

test.each(all)('every function is told what the environment module asks for', (graph: Graph) => {
  for (const { service, environment } of functionsOf(graph)) {
    expect(environment, service).toMatchObject({
      POWERTOOLS_SERVICE_NAME: service,
      POWERTOOLS_METRICS_NAMESPACE: 'droplake',
      DROPLAKE_STAGE: graph.stage,
    })
    if (service === 'generate') continue
    expect(environment, service).toMatchObject({
      DROPLAKE_BUCKET: graph.outputs.bucket,
      DROPLAKE_DATABASE_PREFIX: graph.outputs.databasePrefix,
      DROPLAKE_TOPIC_ARN: graph.outputs.topic,
    })
  }
  const wake = functionsOf(graph).find(({ service }) => service === 'wake')
  expect(wake?.environment.DROPLAKE_STATE_MACHINE_ARN).toBe(graph.outputs.stateMachine)
})

test('settings reach the functions: concurrency, network, settling time', () => {
  const clean = one(full, 'aws:lambda/function:Function', 'ServicecleanFunction').inputs
  expect(clean.reservedConcurrentExecutions).toBe(100)
  expect(clean.vpcConfig.subnetIds).toEqual(['subnet-Subnet0', 'subnet-Subnet1'])
  expect(clean.environment.variables.DROPLAKE_SETTLE_SECONDS).toBe('60')
  const own = one(personal, 'aws:lambda/function:Function', 'ServicecleanFunction').inputs
  for (const field of ['reservedConcurrentExecutions', 'vpcConfig']) expect(own).not.toHaveProperty(field)
})

test('the network has no way out but the endpoints of the services that are called', () => {
  const types = new Set(full.resources.map(({ type }) => type).filter((type) => type.startsWith('aws:ec2/')))
  expect([...types].filter((type) => /gateway|eip/i.test(type))).toEqual([])
  const endpoints = full.resources.filter(({ type }) => type === 'aws:ec2/vpcEndpoint:VpcEndpoint')
  const named = endpoints.map(({ inputs }) => inputs.serviceName.split('.').at(-1)).sort()
  expect(named).toEqual(['athena', 'glue', 'kinesis-streams', 's3', 'sns', 'states'])
  const { inputs } = one(full, 'aws:ec2/securityGroup:SecurityGroup')
  for (const rule of [...inputs.ingress, ...inputs.egress]) {
    expect(rule).toMatchObject({ fromPort: 443, toPort: 443 })
    expect(rule).not.toHaveProperty('cidrBlocks')
  }
})

test('what the command prints to copy is a command that there is', () => {
  const [, command = '', verb = ''] = personal.outputs.drop.split(' ')
  const droplake = join(root, 'node_modules/.bin', command)
  const help = execFileSync(process.execPath, [droplake, verb, '--help'], { cwd: root, encoding: 'utf8' })
  expect(help).toContain('--stage')
})
