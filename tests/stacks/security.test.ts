import { describe, expect, test } from 'vitest'
import { type Graph, ofType, one } from './graph.ts'
import { all, full } from './graphs.ts'
import { rules } from './security-rules.ts'

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  test.each(Object.entries(rules))('%s', (_, rule) => {
    expect(rule(graph)).toEqual([])
  })
})

/** The stage with a change that somebody might make. */
function changed(change: (graph: Graph) => void): Graph {
  const graph = structuredClone(full)
  change(graph)
  return graph
}

const roleOf = (graph: Graph, name: string) => one(graph, 'aws:iam/role:Role', name)
const addStatement = (name: string, statement: object) => (graph: Graph) => {
  const [policy] = roleOf(graph, name).inputs.inlinePolicies
  const document = JSON.parse(policy.policy)
  document.Statement.push({ Effect: 'Allow', ...statement })
  policy.policy = JSON.stringify(document)
}
const change = (type: string, set: Record<string, unknown>) => (graph: Graph) => {
  for (const { inputs } of ofType(graph, type)) Object.assign(inputs, set)
}
const remove = (type: string) => (graph: Graph) => {
  graph.resources = graph.resources.filter((resource) => resource.type !== type)
}
const trust = (principal: object) => (graph: Graph) => {
  const Statement = [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }]
  roleOf(graph, 'ServicecleanRole').inputs.assumeRolePolicy = JSON.stringify({ Statement })
}
const letIn = (principal: unknown) => (graph: Graph) => {
  const { inputs } = one(graph, 'aws:sns/topicPolicy:TopicPolicy')
  const document = JSON.parse(inputs.policy)
  document.Statement.push({ Effect: 'Allow', Principal: principal, Action: ['sns:Publish'], Resource: ['arn'] })
  inputs.policy = JSON.stringify(document)
}

/** For each rule, changes that it has to see. */
const mutations: Record<keyof typeof rules, ((graph: Graph) => void)[]> = {
  'every statement lists its actions and resources': [
    addStatement('ServicecleanRole', { Action: [], Resource: ['arn:aws:s3:::b/x'] }),
    addStatement('ServicecleanRole', { Action: ['s3:GetObject'] }),
  ],
  'no statement allows a wildcard of actions': [
    addStatement('pipelineRole', { Action: ['s3:*'], Resource: ['arn:aws:s3:::b/x'] }),
    addStatement('ServicewakeRole', { Action: 'glue:Get*', Resource: ['arn:aws:s3:::b/x'] }),
  ],
  'no role may act on everything, but where AWS knows no resources': [
    addStatement('pipelineRole', { Action: ['s3:GetObject'], Resource: ['*'] }),
    addStatement('pipelineRole', { Action: ['xray:PutTraceSegments', 's3:GetObject'], Resource: '*' }),
    addStatement('ServicecatalogRole', { Action: ['glue:GetTable'], Resource: ['arn:aws:glue:r:1:database/*'] }),
    addStatement('ServicecatalogRole', { Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::*'] }),
    addStatement('pipelineRole', { Action: ['lambda:InvokeFunction'], Resource: ['arn:aws:lambda:r:1:function:*'] }),
  ],
  'every role may do something': [
    (graph) => {
      roleOf(graph, 'ServicecleanRole').inputs.inlinePolicies = []
    },
  ],
  'no role has a policy of AWS': [
    (graph) => {
      roleOf(graph, 'ServicecleanRole').inputs.managedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess']
    },
  ],
  'no role allows with a condition or denies: the tests would not see it': [
    addStatement('pipelineRole', { Effect: 'Deny', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/x'] }),
  ],
  'every role is assumed by one AWS service, for this account': [
    trust({ AWS: 'arn:aws:iam::123456789012:root' }),
    trust({ Service: ['lambda.amazonaws.com', 'ec2.amazonaws.com'] }),
    trust({ Service: 'states.amazonaws.com' }),
  ],
  'every function’s role is Lambda’s alone, and no two functions share one': [
    (graph) => {
      const [a, b] = ofType(graph, 'aws:lambda/function:Function')
      if (a && b) a.inputs.role = b.inputs.role
    },
  ],
  'nobody outside is let in': [letIn('*'), letIn({ AWS: '*' })],
  'an AWS service is let in for this account only': [letIn({ Service: 's3.amazonaws.com' })],
  'bucket, topic and queue refuse plain HTTP': [
    remove('aws:s3/bucketPolicy:BucketPolicy'),
    change('aws:sns/topicPolicy:TopicPolicy', { policy: '{"Statement":[]}' }),
    change('aws:sqs/queuePolicy:QueuePolicy', { policy: '{"Statement":[]}' }),
  ],
  'buckets are private, versioned and encrypted': [
    change('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', { restrictPublicBuckets: false }),
    remove('aws:s3/bucketVersioning:BucketVersioning'),
    remove('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration'),
  ],
  'topics, queues and streams are encrypted': [
    change('aws:sns/topic:Topic', { kmsMasterKeyId: undefined }),
    change('aws:sqs/queue:Queue', { sqsManagedSseEnabled: false }),
    change('aws:kinesis/stream:Stream', { encryptionType: 'NONE' }),
  ],
  'no function has an address of its own, and none is called by anybody': [
    change('aws:lambda/permission:Permission', { principal: '*' }),
    change('aws:lambda/permission:Permission', { sourceArn: undefined }),
  ],
}

test('every rule sees what breaks it', () => {
  expect(Object.keys(mutations).sort()).toEqual(Object.keys(rules).sort())
  for (const [name, changes] of Object.entries(mutations))
    for (const [n, mutation] of changes.entries())
      expect(rules[name]?.(changed(mutation)), `${name}, change ${n}`).not.toEqual([])
})
