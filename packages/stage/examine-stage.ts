import { DescribeRuleCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge'
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
} from '@aws-sdk/client-s3'
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn'
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns'
import { crawlers, databases, workgroup } from './examine-catalog.ts'
import { explainError } from './explain-error.ts'
import type { Finding } from './finding.ts'
import type { Stage } from './stage.ts'

/** What a look at one part of a stage found. */
export type Look = (stage: Stage) => Promise<Finding[]>

/** Every part of a deployed stage, looked at by calls that change nothing; a call that is refused is itself a finding. */
export async function examineStage(stage: Stage): Promise<Finding[]> {
  const identity = await looked('credentials', stage, credentials)
  if (identity.some(({ state }) => state === 'fail')) return identity
  const looks: [string, Look][] = [
    ['bucket', bucket],
    ['rule', rule],
    ['pipeline', (at) => stateMachine(at, 'pipeline', at.outputs.stateMachine)],
    ['sweep', (at) => stateMachine(at, 'sweep', at.outputs.sweepStateMachine)],
    ['workgroup', workgroup],
    ['databases', databases],
    ['crawlers', crawlers],
    ['alerts', alerts],
  ]
  const found = await Promise.all(looks.map(([subject, look]) => looked(subject, stage, look)))
  return [...identity, ...found.flat()]
}

async function looked(subject: string, stage: Stage, look: Look): Promise<Finding[]> {
  try {
    return await look(stage)
  } catch (error) {
    const { text, mend } = explainError(error, stage.outputs) ?? {
      text: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
      mend: 'see what AWS says of it there',
    }
    return [{ state: 'fail', subject, text, mend }]
  }
}

/** The cheapest proof that there are any; whether AWS takes them, the other looks tell. */
async function credentials({ clients, outputs }: Stage): Promise<Finding[]> {
  const { accessKeyId, expiration, accountId } = await clients.s3.config.credentials()
  const account = accountId ? ` of account ${accountId}` : ''
  const until = expiration ? `, until ${expiration.toISOString()}` : ''
  const text = `access key …${accessKeyId.slice(-4)}${account}${until}; region ${outputs.region}`
  return [{ state: 'ok', subject: 'credentials', text }]
}

const deploy = ({ outputs }: Stage) => `npx sst deploy --stage ${outputs.stage}`

async function bucket(stage: Stage): Promise<Finding[]> {
  const { clients, outputs } = stage
  const of = { Bucket: outputs.bucket }
  const subject = 'bucket'
  const { BucketRegion: region } = await clients.s3.send(new HeadBucketCommand(of))
  if (region !== undefined && region !== outputs.region)
    return [
      { state: 'fail', subject, text: `${outputs.bucket} is in ${region}, not ${outputs.region}`, mend: deploy(stage) },
    ]
  const [{ Status: versioning }, { EventBridgeConfiguration: events }] = await Promise.all([
    clients.s3.send(new GetBucketVersioningCommand(of)),
    clients.s3.send(new GetBucketNotificationConfigurationCommand(of)),
  ])
  const findings: Finding[] = [{ state: 'ok', subject, text: `${outputs.bucket} answers` }]
  if (versioning !== 'Enabled')
    findings.push({ state: 'fail', subject, text: 'it keeps no versions, which droplake needs', mend: deploy(stage) })
  if (!events)
    findings.push({
      state: 'fail',
      subject,
      text: 'it tells EventBridge of no new files, so that drops wait for the daily round',
      mend: deploy(stage),
    })
  return findings
}

async function rule(stage: Stage): Promise<Finding[]> {
  const { clients, outputs } = stage
  const subject = 'rule'
  const name = outputs.rule.split('/').at(-1) ?? outputs.rule
  const { State: state } = await clients.events.send(new DescribeRuleCommand({ Name: name }))
  if (state === 'DISABLED')
    return [
      {
        state: 'fail',
        subject,
        text: `${name} is disabled: no drop starts a run`,
        mend: `aws events enable-rule --region ${outputs.region} --name ${name}`,
      },
    ]
  const { Targets: targets = [] } = await clients.events.send(new ListTargetsByRuleCommand({ Rule: name }))
  return targets.some(({ Arn }) => Arn === outputs.stateMachine)
    ? [{ state: 'ok', subject, text: `${name} starts the pipeline` }]
    : [{ state: 'fail', subject, text: `${name} does not start the pipeline`, mend: deploy(stage) }]
}

async function stateMachine(stage: Stage, subject: string, stateMachineArn: string): Promise<Finding[]> {
  const { status, name } = await stage.clients.sfn.send(new DescribeStateMachineCommand({ stateMachineArn }))
  return status === 'ACTIVE'
    ? [{ state: 'ok', subject, text: `${name} is active` }]
    : [{ state: 'fail', subject, text: `${name} is ${status?.toLowerCase()}`, mend: deploy(stage) }]
}

/** An alert that nobody gets is none. */
async function alerts({ clients, outputs }: Stage): Promise<Finding[]> {
  const subject = 'alerts'
  const states: string[] = []
  let page: string | undefined
  do {
    const { Subscriptions = [], NextToken } = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: outputs.topic, ...(page ? { NextToken: page } : {}) }),
    )
    states.push(...Subscriptions.map(({ SubscriptionArn = '' }) => SubscriptionArn))
    page = NextToken
  } while (page)
  const confirmed = states.filter((arn) => arn.startsWith('arn:')).length
  if (confirmed > 0) return [{ state: 'ok', subject, text: `${confirmed} confirmed` }]
  return states.includes('PendingConfirmation')
    ? [{ state: 'warn', subject, text: 'nobody has confirmed yet', mend: 'follow the link in the mail from AWS' }]
    : [
        {
          state: 'warn',
          subject,
          text: 'nobody gets them',
          mend: `put an address under alerts of stage ${outputs.stage} in stacks/stages.ts and deploy`,
        },
      ]
}
