import { createRequire } from 'node:module'
import { definition, type Resources, serviceNames } from '@droplake/pipeline/definition'
import { rollbackDefinition } from '@droplake/pipeline/rollback-definition'
import type { State, StateMachine } from '@droplake/pipeline/states'
import { sweepDefinition } from '@droplake/pipeline/sweep-definition'
import { describe, expect, test } from 'vitest'
import { lintPortable } from '../definition/portable-lint.ts'
import { functionsOf, type Graph, ofType, one } from './graph.ts'
import { all } from './graphs.ts'
import { allows, grantsOf, roleByArn } from './iam.ts'
import { athenaCreates, athenaReads } from './needed.ts'

const validate = createRequire(import.meta.url)('asl-validator') as (
  of: unknown,
  options: { checkPaths: boolean; checkArn: boolean },
) => { isValid: boolean; errors: { message: string }[] }

const machineOf = (graph: Graph, name: 'pipeline' | 'sweep' | 'rollback') =>
  one(graph, 'aws:sfn/stateMachine:StateMachine', `${name}Machine`)
const versionsOf = (graph: Graph) =>
  Object.fromEntries(functionsOf(graph).map(({ service, versionArn }) => [service, versionArn]))

function* statesOf(machine: Pick<StateMachine, 'States'>): Iterable<State> {
  for (const state of Object.values(machine.States)) {
    yield state
    if (state.ItemProcessor) yield* statesOf(state.ItemProcessor as StateMachine)
  }
}

/** What a machine's role needs for one of its states, or for being observed. */
const ofIntegration: Record<string, string[]> = {
  'lambda:invoke': ['lambda:InvokeFunction'],
  'states:startExecution': ['states:StartExecution'],
  'athena:startQueryExecution.sync': [
    ...['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
    ...athenaReads,
    ...athenaCreates,
  ],
  'aws-sdk:glue:startCrawler': ['glue:StartCrawler'],
  'aws-sdk:glue:getCrawler': ['glue:GetCrawler'],
}
const ofDistributedMap = ['StartExecution', 'DescribeExecution', 'StopExecution', 'RedriveExecution'].map(
  (action) => `states:${action}`,
)
const ofLogging = [
  ...['CreateLogDelivery', 'GetLogDelivery', 'UpdateLogDelivery', 'DeleteLogDelivery', 'ListLogDeliveries'],
  ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'],
].map((action) => `logs:${action}`)
const ofTracing = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map(
  (action) => `xray:${action}`,
)

function actionsOf(machine: StateMachine, encrypted: boolean): Set<string> {
  const needed = new Set([...ofLogging, ...ofTracing])
  for (const { Type, Resource, ItemProcessor } of statesOf(machine)) {
    if (Type === 'Task') {
      const actions = ofIntegration[String(Resource).replace('arn:aws:states:::', '')]
      if (!actions) throw new Error(`no actions are known for ${Resource}`)
      for (const action of actions) needed.add(action)
      if (encrypted && String(Resource).includes('athena'))
        for (const use of ['Decrypt', 'GenerateDataKey']) needed.add(`kms:${use}`)
    }
    const mode = (ItemProcessor as { ProcessorConfig?: { Mode?: string } } | undefined)?.ProcessorConfig?.Mode
    if (mode === 'DISTRIBUTED') for (const action of ofDistributedMap) needed.add(action)
  }
  return needed
}

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  const pipeline = machineOf(graph, 'pipeline')
  const sweep = machineOf(graph, 'sweep')
  const rollback = machineOf(graph, 'rollback')
  const encryption = one(
    graph,
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  )
  const encrypted = encryption.inputs.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm === 'aws:kms'
  const machines = [
    ['pipeline', pipeline],
    ['sweep', sweep],
    ['rollback', rollback],
  ] as const

  test('deploys the shared definitions, byte for byte, over the published versions', () => {
    const functions = versionsOf(graph) as Resources['functions'] & Record<'sweep' | 'rollback' | 'wake', string>
    const workgroup = one(graph, 'aws:athena/workgroup:Workgroup', 'Workgrouppipeline').state.name
    const own = Object.fromEntries(serviceNames.map((name) => [name, functions[name]])) as Resources['functions']
    const shared = [
      definition({ functions: own, workgroup }),
      sweepDefinition({ functions }),
      rollbackDefinition({ functions }),
    ]
    for (const [n, { inputs }] of [pipeline, sweep, rollback].entries()) {
      expect(JSON.parse(inputs.definition)).toEqual(shared[n])
      expect(inputs.definition === JSON.stringify(shared[n]), 'the same bytes').toBe(true)
    }
  })

  test.each(machines)('%s is valid and portable States Language', (_, { inputs }) => {
    const machine = JSON.parse(inputs.definition)
    expect(validate(structuredClone(machine), { checkPaths: true, checkArn: true }).errors).toEqual([])
    expect(lintPortable(machine)).toEqual([])
  })

  test.each(machines)('%s is a Standard machine that logs its errors without data, and is traced', (_, { inputs }) => {
    expect(inputs).toMatchObject({
      type: 'STANDARD',
      loggingConfiguration: { level: 'ERROR', includeExecutionData: false },
      tracingConfiguration: { enabled: true },
    })
    const logs = ofType(graph, 'aws:cloudwatch/logGroup:LogGroup').map(({ state }) => `${state.arn}:*`)
    expect(logs).toContain(inputs.loggingConfiguration.logDestination)
  })

  test.each(machines)('%s may do what its states do, and nothing more', (_, { inputs }) => {
    const granted = new Set(grantsOf(roleByArn(graph, inputs.roleArn)).flatMap(({ actions }) => actions))
    expect([...granted].sort()).toEqual([...actionsOf(JSON.parse(inputs.definition), encrypted)].sort())
  })

  test('every function that is called may be called, in every version and no other function', () => {
    for (const [name, { inputs }] of machines) {
      const grants = grantsOf(roleByArn(graph, inputs.roleArn))
      const called = new Set<string>()
      for (const { Resource, Parameters } of statesOf(JSON.parse(inputs.definition)))
        if (Resource === 'arn:aws:states:::lambda:invoke')
          called.add((Parameters as { FunctionName: string }).FunctionName)
      for (const fn of functionsOf(graph)) {
        const isCalled = called.has(fn.versionArn)
        expect(allows(grants, 'lambda:InvokeFunction', fn.versionArn), `${name} ${fn.service}`).toBe(isCalled)
        expect(allows(grants, 'lambda:InvokeFunction', `${fn.arn}:41`), `${name} ${fn.service}`).toBe(isCalled)
      }
    }
  })

  test('the pipeline starts itself, its items and its datasets’ crawlers, and nothing beside them', () => {
    const grants = grantsOf(roleByArn(graph, pipeline.inputs.roleArn))
    const { stateMachine, sweepStateMachine, crawlers, bucket, databasePrefix } = graph.outputs
    const name = stateMachine.split(':').at(-1)
    const execution = stateMachine.replace(':stateMachine:', ':execution:')
    expect(allows(grants, 'states:StartExecution', stateMachine)).toBe(true)
    expect(allows(grants, 'states:StartExecution', sweepStateMachine)).toBe(false)
    expect(allows(grants, 'states:DescribeExecution', `${execution}/Clean:4b2c`)).toBe(true)
    expect(allows(grants, 'states:StopExecution', `${execution}:4b2c`)).toBe(true)
    expect(allows(grants, 'states:StopExecution', `${execution.replace(name, `${name}-2`)}:4b2c`)).toBe(false)
    for (const crawler of crawlers)
      expect(allows(grants, 'glue:StartCrawler', `arn:aws:glue:eu-central-1:123456789012:crawler/${crawler}`)).toBe(
        true,
      )
    const database = (name: string) => `arn:aws:glue:eu-central-1:123456789012:database/${name}`
    for (const name of ['default', `${databasePrefix}olist_build`])
      expect(allows(grants, 'glue:GetDatabase', database(name)), name).toBe(true)
    expect(allows(grants, 'glue:GetDatabase', database('somebody_elses'))).toBe(false)
    const table = (zone: string) => `arn:aws:glue:eu-central-1:123456789012:table/${databasePrefix}olist_${zone}/t`
    expect(allows(grants, 'glue:CreateTable', table('build'))).toBe(true)
    expect(allows(grants, 'glue:CreateTable', table('curated'))).toBe(false)
    expect(allows(grants, 'glue:GetTable', table('cleaned'))).toBe(true)
    expect(allows(grants, 's3:PutObject', `arn:aws:s3:::${bucket}/curated/olist/m/r/1/f`)).toBe(true)
    expect(allows(grants, 's3:PutObject', `arn:aws:s3:::${bucket}/cleaned/olist/t/f`)).toBe(false)
    expect(allows(grants, 's3:GetObject', `arn:aws:s3:::${bucket}/raw/olist/f`)).toBe(false)
  })

  test('queries of people and of the pipeline are limited, and the pipeline’s may say where a table goes', () => {
    const people = one(graph, 'aws:athena/workgroup:Workgroup', 'Workgrouppeople').inputs
    const own = one(graph, 'aws:athena/workgroup:Workgroup', 'Workgrouppipeline').inputs
    for (const { configuration } of [people, own]) {
      expect(configuration.engineVersion).toEqual({ selectedEngineVersion: 'Athena engine version 3' })
      expect(configuration.bytesScannedCutoffPerQuery).toBeGreaterThanOrEqual(2 ** 30)
      expect(configuration.resultConfiguration.encryptionConfiguration.encryptionOption).toBe(
        encrypted ? 'SSE_KMS' : 'SSE_S3',
      )
      expect(configuration.resultConfiguration.outputLocation).toMatch(
        /^s3:\/\/[a-z0-9-]+\/athena-results\/(people|pipeline)\/$/,
      )
    }
    expect(people.configuration.enforceWorkgroupConfiguration).toBe(true)
    expect(own.configuration.enforceWorkgroupConfiguration).toBe(false)
    expect(graph.outputs.workgroup).toBe(people.name)
  })
})
