import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { type DeployedFunction, functionsOf, type Graph, ofType, one } from './graph.ts'
import { all, full } from './graphs.ts'
import { allows, grantsOf, roleByArn } from './iam.ts'
import { actionsNeeded } from './needed.ts'
import { type Observed, observeServices } from './observed.ts'
import { type SdkCall, sdkCalls } from './sdk-calls.ts'

const folder = temporaryFolder()
const services = functionsOf(full).map(({ service }) => service)
let calls: Record<string, SdkCall[]>
let observed: Observed[]
beforeAll(async () => {
  calls = await sdkCalls(services)
  observed = await observeServices(folder.path)
})
afterAll(() => folder[Symbol.dispose]())

const grants = (graph: Graph, { role }: DeployedFunction) => grantsOf(roleByArn(graph, role))

function needed(graph: Graph, { service, name }: DeployedFunction): string[] {
  const encryption = one(
    graph,
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  )
  const [{ applyServerSideEncryptionByDefault: algorithm }] = encryption.inputs.rules
  const invokeConfigs = ofType(graph, 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig')
  const actions = actionsNeeded(calls[service] ?? [], {
    bucketKey: algorithm.sseAlgorithm === 'aws:kms',
    network: ofType(graph, 'aws:ec2/vpc:Vpc').length > 0,
    failuresToQueue: invokeConfigs.some(({ inputs }) => inputs.functionName === name),
  })
  return [...actions].sort()
}

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  test.each(functionsOf(graph).map((fn) => [fn.service, fn] as const))(
    'service %s may do all that its code sends to AWS, and nothing more',
    (_, fn) => {
      const granted = [...new Set(grants(graph, fn).flatMap(({ actions }) => actions))].sort()
      expect(granted).toEqual(needed(graph, fn))
    },
  )
})

test('whoever asks Athena may look at the session’s database, and at the one that Athena looks at by itself', () => {
  const asking = functionsOf(full).filter(({ service }) =>
    calls[service]?.some(({ client, command }) => client === 'athena' && command === 'StartQueryExecution'),
  )
  expect(asking.map(({ service }) => service).sort()).toEqual(['models', 'quality'])
  for (const fn of asking)
    for (const database of ['default', `${full.outputs.databasePrefix}olist_build`]) {
      const arn = `arn:aws:glue:eu-central-1:123456789012:database/${database}`
      expect(allows(grants(full, fn), 'glue:GetDatabase', arn), `${fn.service} ${database}`).toBe(true)
    }
})

test('the walk over the code finds what services are known to send, and no more', () => {
  const commandsOf = (service: string) => calls[service]?.map(({ client, command }) => `${client} ${command}`)
  expect(commandsOf('index')).toEqual(['s3 GetObject', 's3 PutObject'])
  expect(commandsOf('notify')).toEqual(['s3 GetObject', 's3 PutObject', 'sns Publish'])
  expect(commandsOf('generate')).toEqual(['kinesis PutRecords'])
  expect(commandsOf('wake')).toContain('sfn StartExecution')
  expect(commandsOf('publish')).toContain('glue UpdateTable')
  expect(commandsOf('quality')).toContain('athena GetQueryResults')
})

const { bucket } = full.outputs
const arnOf = (key: string) => `arn:aws:s3:::${bucket}/${key}`

/** IAM's actions of an operation on an object. */
function actionsOf({ kind, version }: Observed): string[] {
  const read = version ? ['s3:GetObjectVersion'] : ['s3:GetObject']
  if (kind === 'head' || kind === 'read') return read
  if (kind === 'copy from') return ['s3:GetObject', 's3:GetObjectVersion']
  if (kind === 'delete') return ['s3:DeleteObject']
  if (kind === 'list') return ['s3:ListBucket']
  return ['s3:PutObject']
}

describe('on the bucket', () => {
  const fnOf = (service: string) => functionsOf(full).find((fn) => fn.service === service)

  test('every operation that services were seen to do is granted on its very key', () => {
    expect(new Set(observed.map(({ service }) => service))).toEqual(
      new Set(services.filter((service) => service !== 'generate')),
    )
    const refused = new Set<string>()
    for (const operation of observed) {
      const fn = fnOf(operation.service)
      for (const action of actionsOf(operation)) {
        const resource = action === 's3:ListBucket' ? `arn:aws:s3:::${bucket}` : arnOf(operation.key)
        const allowed = fn !== undefined && allows(grants(full, fn), action, resource)
        if (!allowed) refused.add(`${operation.service} ${action} ${operation.key}`)
      }
    }
    expect([...refused]).toEqual([])
  })

  /** What happens too seldom to be seen here. */
  const seldom = [
    // A run may answer for a source between a look and its bell; the leftover marker goes when it is seen.
    'admit s3:DeleteObject ops/pending/*',
    'plan s3:DeleteObject ops/pending/*',
    'wake s3:DeleteObject ops/pending/*',
  ]

  test('and every prefix that is granted was seen to be used', () => {
    const unused: string[] = []
    for (const fn of functionsOf(full)) {
      const own = observed.filter(({ service }) => service === fn.service)
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'])
        for (const statement of grants(full, fn).filter(({ actions }) => actions.includes(action)))
          for (const resource of statement.resources) {
            const prefix = resource.slice(arnOf('').length)
            // What Athena reads and writes for the service.
            if (['quality', 'models'].includes(fn.service) && !prefix.startsWith('ops/')) continue
            const isUsed = own.some(
              (operation) =>
                actionsOf(operation).some((used) => used.replace('Version', '') === action) &&
                allows([{ ...statement, resources: [resource] }], action, arnOf(operation.key)),
            )
            if (!isUsed) unused.push(`${fn.service} ${action} ${prefix}`)
          }
    }
    expect(unused.sort()).toEqual(seldom)
  })
})
