import { type Graph, ofType } from './graph.ts'
import { policiesOf } from './iam.ts'

/** A rule over a whole stage: what breaks it, in words. Empty for a stage that keeps it. */
export type Rule = (graph: Graph) => string[]

/** Actions that AWS grants on all resources or not at all. */
export const withoutResources = new Set([
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'glue:GetClassifier',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
])

const text = (value: unknown) => JSON.stringify(value)
const isEveryone = (principal: unknown) => /"\*"|^\*$/.test(text(principal) ?? '')

/** A path, a name's end or a version may be any; the kind of thing and its name may not. */
function isTooWide(resource: string): boolean {
  if (resource === '*') return true
  const [, , service, , , ...rest] = resource.split(':')
  const path = rest.join(':')
  // Lambda asks for it: of the network interfaces that it made itself.
  if (service === 'ec2') return false
  return path.startsWith('*') || /^[a-zA-Z-]+[:/]\*/.test(path)
}

const onePerSource: Rule = (graph) =>
  policiesOf(graph).flatMap(({ of, kind, statements }) =>
    kind !== 'resource'
      ? []
      : statements
          .filter(({ effect, principal, condition }) => {
            const isService = text(principal)?.includes('.amazonaws.com')
            return effect === 'Allow' && isService && !/aws:Source(Account|Arn)/.test(text(condition) ?? '')
          })
          .map(({ principal }) => `${of} trusts ${text(principal)} of every account`),
  )

export const rules: Record<string, Rule> = {
  'every statement lists its actions and resources': (graph) =>
    policiesOf(graph).flatMap(({ of, kind, statements }) =>
      statements
        .filter(({ actions, resources }) => actions.length === 0 || (kind !== 'trust' && resources.length === 0))
        .map((statement) => `${of}: ${text(statement)}`),
    ),
  'no statement allows a wildcard of actions': (graph) =>
    policiesOf(graph).flatMap(({ of, statements }) =>
      statements
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions.filter((action) => /[*?]/.test(action)).map((action) => `${of} ${action}`)),
    ),
  'no role may act on everything, but where AWS knows no resources': (graph) =>
    policiesOf(graph).flatMap(({ of, kind, statements }) =>
      kind !== 'identity'
        ? []
        : statements.flatMap(({ actions, resources }) =>
            resources
              .filter(
                (resource) =>
                  isTooWide(resource) && !(resource === '*' && actions.every((a) => withoutResources.has(a))),
              )
              .map((resource) => `${of}: ${actions.join(', ')} on ${resource}`),
          ),
    ),
  'every role may do something': (graph) => {
    const able = policiesOf(graph).filter(({ kind, statements }) => kind === 'identity' && statements.length > 0)
    return ofType(graph, 'aws:iam/role:Role').flatMap(({ name }) => (able.some(({ of }) => of === name) ? [] : [name]))
  },
  'no role has a policy of AWS': (graph) =>
    ofType(graph, 'aws:iam/role:Role')
      .filter(({ inputs }) => (inputs.managedPolicyArns ?? []).length > 0)
      .map(({ name, inputs }) => `${name}: ${text(inputs.managedPolicyArns)}`),
  'no role allows with a condition or denies: the tests would not see it': (graph) =>
    policiesOf(graph).flatMap(({ of, kind, statements }) =>
      statements
        .filter(
          ({ effect, condition }) => kind === 'identity' && (effect !== 'Allow' || Object.keys(condition).length > 0),
        )
        .map((statement) => `${of}: ${text(statement)}`),
    ),
  'every role is assumed by one AWS service, for this account': (graph) =>
    policiesOf(graph).flatMap(({ of, kind, statements }) => {
      if (kind !== 'trust') return []
      const [statement, ...others] = statements
      const { Service, ...rest } = (statement?.principal ?? {}) as Record<string, unknown>
      const service = String(Service)
      const isOne = others.length === 0 && Object.keys(rest).length === 0 && /^[a-z]+\.amazonaws\.com$/.test(service)
      const isBound = service === 'lambda.amazonaws.com' || text(statement?.condition)?.includes('aws:SourceAccount')
      return isOne && isBound ? [] : [`${of}: ${text(statements)}`]
    }),
  'every function’s role is Lambda’s alone, and no two functions share one': (graph) => {
    const roles = ofType(graph, 'aws:lambda/function:Function').map(({ inputs }) => String(inputs.role))
    const trusted = policiesOf(graph).filter(
      ({ kind, statements }) => kind === 'trust' && text(statements)?.includes('lambda.'),
    )
    const lambdas = ofType(graph, 'aws:iam/role:Role').filter(({ name }) => trusted.some(({ of }) => of === name))
    return [
      ...roles.filter((role, n) => roles.indexOf(role) !== n),
      ...roles.filter((role) => !lambdas.some(({ state }) => state.arn === role)),
    ]
  },
  'nobody outside is let in': (graph) =>
    policiesOf(graph).flatMap(({ of, kind, statements }) =>
      statements
        .filter(
          ({ effect, principal }) => kind === 'resource' && effect === 'Allow' && (!principal || isEveryone(principal)),
        )
        .map((statement) => `${of}: ${text(statement)}`),
    ),
  'an AWS service is let in for this account only': onePerSource,
  'bucket, topic and queue refuse plain HTTP': (graph) =>
    [
      ['aws:s3/bucket:Bucket', 'aws:s3/bucketPolicy:BucketPolicy'],
      ['aws:sns/topic:Topic', 'aws:sns/topicPolicy:TopicPolicy'],
      ['aws:sqs/queue:Queue', 'aws:sqs/queuePolicy:QueuePolicy'],
    ].flatMap(([type = '', policyType = '']) => {
      const policies = ofType(graph, policyType).map(({ name }) => name)
      const refusing = policiesOf(graph).filter(({ of, statements }) => {
        const denial = statements.find(({ effect }) => effect === 'Deny')
        const isPlain = [denial?.condition.Bool?.['aws:SecureTransport']].flat().includes('false')
        return policies.includes(of) && isPlain && isEveryone(denial?.principal) && denial?.actions.length
      })
      return refusing.length === ofType(graph, type).length ? [] : [`${type}: ${refusing.length} of them`]
    }),
  'buckets are private, versioned and encrypted': (graph) =>
    ofType(graph, 'aws:s3/bucket:Bucket').flatMap(({ name, state }) => {
      const of = (type: string) => ofType(graph, type).find(({ inputs }) => inputs.bucket === state.bucket)?.inputs
      const access = of('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock')
      const blocks = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets']
      const versioning = of('aws:s3/bucketVersioning:BucketVersioning')?.versioningConfiguration
      const encryption = of('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration')
      return [
        ...blocks.filter((block) => access?.[block] !== true),
        ...(versioning?.status === 'Enabled' ? [] : ['versioning']),
        ...(encryption?.rules?.[0]?.applyServerSideEncryptionByDefault?.sseAlgorithm ? [] : ['encryption']),
      ].map((missing) => `${name} lacks ${missing}`)
    }),
  'topics, queues and streams are encrypted': (graph) => [
    ...ofType(graph, 'aws:sns/topic:Topic')
      .filter(({ inputs }) => !inputs.kmsMasterKeyId)
      .map(({ name }) => name),
    ...ofType(graph, 'aws:sqs/queue:Queue')
      .filter(({ inputs }) => !inputs.sqsManagedSseEnabled)
      .map(({ name }) => name),
    ...ofType(graph, 'aws:kinesis/stream:Stream')
      .filter(({ inputs }) => inputs.encryptionType !== 'KMS')
      .map(({ name }) => name),
  ],
  'no function has an address of its own, and none is called by anybody': (graph) => [
    ...ofType(graph, 'aws:lambda/functionUrl:FunctionUrl').map(({ name }) => name),
    ...ofType(graph, 'aws:lambda/permission:Permission')
      .filter(({ inputs }) => !inputs.principal?.endsWith('.amazonaws.com') || !inputs.sourceArn)
      .map(({ name }) => name),
  ],
}
