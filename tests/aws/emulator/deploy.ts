import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { CreateCrawlerCommand, CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { LambdaClient } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { functionsOf, type Graph, ofType, one } from '../../stacks/graph.ts'
import { createFunction } from './functions.ts'

export interface Deployment {
  bucket: string
  stateMachine: string
  sweepStateMachine: string
  rollbackStateMachine: string
  topic: string
  databasePrefix: string
  workgroup: string
  /** Function's name by service. */
  functions: Record<string, string>
  /** Takes what the rule of *Object Created* lets through, in the place of the state machine. */
  events: string
  /** Subscribed to the topic. */
  alerts: string
}

/**
 * Creates in the emulators what a deploy of the graph would create in an account: definitions, patterns, names, handlers,
 * environments and zips are the graph's; only ARNs and endpoints are the emulators'. The environment names the endpoints.
 */
export async function deploy(graph: Graph, lambdaEnvironment: Record<string, string>): Promise<Deployment> {
  const { bucket, databasePrefix } = graph.outputs as { bucket: string; databasePrefix: string }
  await createBucket(bucket)
  await createCatalog(graph)
  const topic = await new SNSClient().send(
    new CreateTopicCommand({ Name: one(graph, 'aws:sns/topic:Topic', 'Alerts').state.name }),
  )
  const alerts = await createQueue('alerts')
  await new SNSClient().send(
    new SubscribeCommand({ TopicArn: topic.TopicArn, Protocol: 'sqs', Endpoint: await arnOf(alerts) }),
  )
  const workgroup = one(graph, 'aws:athena/workgroup:Workgroup', 'Workgrouppipeline')
  await new AthenaClient().send(
    new CreateWorkGroupCommand({
      Name: workgroup.state.name,
      Configuration: {
        EnforceWorkGroupConfiguration: workgroup.inputs.configuration.enforceWorkgroupConfiguration,
        ResultConfiguration: { OutputLocation: workgroup.inputs.configuration.resultConfiguration.outputLocation },
      },
    }),
  )

  const arns = new Map<string, string>()
  const machines = ofType(graph, 'aws:sfn/stateMachine:StateMachine')
  for (const { state } of machines)
    arns.set(state.arn, `arn:aws:states:us-east-1:${account}:stateMachine:${state.name}`)
  arns.set(one(graph, 'aws:sns/topic:Topic', 'Alerts').state.arn, topic.TopicArn ?? '')
  const translate = (text: string) => [...arns].reduce((so, [from, to]) => so.replaceAll(from, to), text)

  const functions: Record<string, string> = {}
  for (const of of functionsOf(graph)) {
    const own = Object.entries(of.environment).map(([name, value]) => [name, translate(String(value))])
    const environment = { ...Object.fromEntries(own), ...lambdaEnvironment }
    arns.set(of.versionArn, (await createFunction(new LambdaClient(), of, environment)).versionArn)
    functions[of.service] = of.name
  }
  const deployed = new Map<string, string>()
  for (const { name, state } of machines) {
    const made = await new SFNClient().send(
      new CreateStateMachineCommand({ name: state.name, definition: translate(state.definition), roleArn: role }),
    )
    deployed.set(name, made.stateMachineArn ?? '')
  }
  return {
    bucket,
    databasePrefix,
    functions,
    alerts,
    topic: topic.TopicArn ?? '',
    workgroup: workgroup.state.name,
    stateMachine: deployed.get('pipelineMachine') ?? '',
    sweepStateMachine: deployed.get('sweepMachine') ?? '',
    rollbackStateMachine: deployed.get('rollbackMachine') ?? '',
    events: await createRule(graph),
  }
}

const account = '000000000000'
const role = `arn:aws:iam::${account}:role/any`

async function createBucket(Bucket: string) {
  const client = new S3Client()
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const NotificationConfiguration = { EventBridgeConfiguration: {} }
  await client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }))
}

async function createCatalog(graph: Graph) {
  const client = new GlueClient()
  for (const { state } of ofType(graph, 'aws:glue/catalogDatabase:CatalogDatabase'))
    await client.send(
      new CreateDatabaseCommand({ DatabaseInput: { Name: state.name, LocationUri: state.locationUri } }),
    )
  for (const { state } of ofType(graph, 'aws:glue/crawler:Crawler'))
    await client.send(
      new CreateCrawlerCommand({
        Name: state.name,
        DatabaseName: state.databaseName,
        Role: role,
        Targets: { S3Targets: state.s3Targets.map(({ path }: { path: string }) => ({ Path: path })) },
      }),
    )
}

/** The rule with the graph's pattern; its target is a queue, which `rule-target.ts` empties into the state machine. */
async function createRule(graph: Graph): Promise<string> {
  const { state } = one(graph, 'aws:cloudwatch/eventRule:EventRule', 'Ingest')
  const client = new EventBridgeClient()
  const queue = await createQueue('events')
  await client.send(new PutRuleCommand({ Name: state.name, EventPattern: state.eventPattern, State: 'ENABLED' }))
  await client.send(new PutTargetsCommand({ Rule: state.name, Targets: [{ Id: 'pipeline', Arn: await arnOf(queue) }] }))
  return queue
}

async function createQueue(QueueName: string): Promise<string> {
  return (await new SQSClient().send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? ''
}

async function arnOf(QueueUrl: string): Promise<string> {
  const { Attributes } = await new SQSClient().send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  )
  return Attributes?.QueueArn ?? ''
}
