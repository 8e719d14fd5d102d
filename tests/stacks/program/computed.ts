/**
 * What AWS computes when a resource is created, by type. A type that is not here stops the evaluation: an output that nobody
 * plays would be undefined and drop out of policies and definitions silently.
 */
export const account = '123456789012'
export const region = 'eu-central-1'
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`

type Inputs = Record<string, string>
type Computed = (inputs: Inputs, name: string) => { id: string; [output: string]: unknown }

/** A resource whose physical name stands in one of its inputs. */
const withArn =
  (of: (name: string) => string, field = 'name'): Computed =>
  (inputs, logical) => {
    const name = inputs[field]
    if (!name) throw new Error(`graph: ${logical} has no ${field}; name it with named()`)
    return { id: name, arn: of(name) }
  }
const plain: Computed = (_, name) => ({ id: `id-of-${name}` })

function lambda(inputs: Inputs, logical: string) {
  const { id, arn: own } = withArn((name) => arn('lambda', `function:${name}`))(inputs, logical)
  const invoke = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${own}`
  return { id, arn: own, version: '1', qualifiedArn: `${own}:1`, invokeArn: `${invoke}/invocations`, lastModified: '' }
}

export const computed: Record<string, Computed> = {
  'aws:athena/workgroup:Workgroup': withArn((name) => arn('athena', `workgroup/${name}`)),
  'aws:budgets/budget:Budget': withArn((name) => `arn:aws:budgets::${account}:budget/${name}`),
  'aws:cloudwatch/dashboard:Dashboard': withArn(
    (name) => `arn:aws:cloudwatch::${account}:dashboard/${name}`,
    'dashboardName',
  ),
  'aws:cloudwatch/eventRule:EventRule': withArn((name) => arn('events', `rule/${name}`)),
  'aws:cloudwatch/eventTarget:EventTarget': plain,
  'aws:cloudwatch/logGroup:LogGroup': withArn((name) => arn('logs', `log-group:${name}`)),
  'aws:cloudwatch/logStream:LogStream': (inputs) => ({
    id: inputs.name ?? '',
    arn: arn('logs', `log-group:${inputs.logGroupName}:log-stream:${inputs.name}`),
  }),
  'aws:cloudwatch/metricAlarm:MetricAlarm': withArn((name) => arn('cloudwatch', `alarm:${name}`)),
  'aws:ec2/routeTable:RouteTable': plain,
  'aws:ec2/routeTableAssociation:RouteTableAssociation': plain,
  'aws:ec2/securityGroup:SecurityGroup': (_, name) => ({
    id: `sg-${name}`,
    arn: arn('ec2', `security-group/sg-${name}`),
  }),
  'aws:ec2/subnet:Subnet': (_, name) => ({ id: `subnet-${name}`, arn: arn('ec2', `subnet/subnet-${name}`) }),
  'aws:ec2/vpc:Vpc': (_, name) => ({ id: `vpc-${name}`, arn: arn('ec2', `vpc/vpc-${name}`) }),
  'aws:ec2/vpcEndpoint:VpcEndpoint': (_, name) => ({ id: `vpce-${name}`, prefixListId: `pl-${name}` }),
  'aws:glue/catalogDatabase:CatalogDatabase': withArn((name) => arn('glue', `database/${name}`)),
  'aws:glue/classifier:Classifier': withArn((name) => name),
  'aws:glue/crawler:Crawler': withArn((name) => arn('glue', `crawler/${name}`)),
  'aws:iam/role:Role': withArn((name) => `arn:aws:iam::${account}:role/${name}`),
  'aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream': withArn((name) =>
    arn('firehose', `deliverystream/${name}`),
  ),
  'aws:kinesis/stream:Stream': withArn((name) => arn('kinesis', `stream/${name}`)),
  'aws:kms/alias:Alias': plain,
  'aws:kms/key:Key': () => ({ id: 'key-id', keyId: 'key-id', arn: arn('kms', 'key/key-id') }),
  'aws:lambda/function:Function': lambda,
  'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig': plain,
  'aws:lambda/permission:Permission': plain,
  'aws:s3/bucket:Bucket': withArn((name) => `arn:aws:s3:::${name}`, 'bucket'),
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': plain,
  'aws:s3/bucketNotification:BucketNotification': plain,
  'aws:s3/bucketObjectv2:BucketObjectv2': plain,
  'aws:s3/bucketPolicy:BucketPolicy': plain,
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': plain,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': plain,
  'aws:s3/bucketVersioning:BucketVersioning': plain,
  'aws:scheduler/schedule:Schedule': withArn((name) => arn('scheduler', `schedule/${name}`)),
  'aws:scheduler/scheduleGroup:ScheduleGroup': withArn((name) => arn('scheduler', `schedule-group/${name}`)),
  'aws:sfn/stateMachine:StateMachine': withArn((name) => arn('states', `stateMachine:${name}`)),
  'aws:sns/topic:Topic': withArn((name) => arn('sns', name)),
  'aws:sns/topicPolicy:TopicPolicy': plain,
  'aws:sns/topicSubscription:TopicSubscription': plain,
  'aws:sqs/queue:Queue': (inputs, logical) => ({
    ...withArn((name) => arn('sqs', name))(inputs, logical),
    url: `https://sqs.${region}.amazonaws.com/${account}/${inputs.name}`,
  }),
  'aws:sqs/queuePolicy:QueuePolicy': plain,
  'random:index/randomBytes:RandomBytes': () => ({ id: 'random', base64: 'AAAA', hex: '00' }),
}

interface PolicyStatement {
  effect?: string
  actions: string[]
  resources?: string[]
  principals?: { type: string; identifiers: string[] }[]
  conditions?: { test: string; variable: string; values: string[] }[]
}

function policyDocument({ statements }: { statements: PolicyStatement[] }) {
  const Statement = statements.map(({ effect = 'Allow', actions, resources, principals = [], conditions = [] }) => ({
    Effect: effect,
    Action: actions,
    ...(resources ? { Resource: resources } : {}),
    ...(principals.length > 0 ? { Principal: principalOf(principals) } : {}),
    ...(conditions.length > 0
      ? { Condition: Object.fromEntries(conditions.map((of) => [of.test, { [of.variable]: of.values }])) }
      : {}),
  }))
  return { statements, json: JSON.stringify({ Version: '2012-10-17', Statement }) }
}

const principalOf = (principals: NonNullable<PolicyStatement['principals']>) =>
  principals.every(({ type }) => type === '*')
    ? '*'
    : Object.fromEntries(principals.map(({ type, identifiers }) => [type, identifiers]))

/** Answers to what a program asks AWS while it is evaluated. */
export const answers: Record<string, (inputs: never) => object> = {
  'aws:index/getAvailabilityZones:getAvailabilityZones': () => ({
    names: ['a', 'b', 'c'].map((zone) => region + zone),
  }),
  'aws:index/getCallerIdentity:getCallerIdentity': () => ({ accountId: account }),
  'aws:index/getPartition:getPartition': () => ({ partition: 'aws' }),
  'aws:index/getRegion:getRegion': () => ({ region }),
  'aws:iam/getPolicyDocument:getPolicyDocument': policyDocument,
}
