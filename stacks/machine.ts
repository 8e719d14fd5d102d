/// <reference path="../.sst/platform/config.d.ts" />
import type { StateMachine } from '@droplake/pipeline/definition'
import { type Statement, serviceRole } from './policy.ts'
import { named, settings } from './stage.ts'

/** Without these a machine neither logs nor traces; none of them takes a resource. */
const observing: Statement[] = [
  {
    actions: [
      ...['logs:CreateLogDelivery', 'logs:GetLogDelivery', 'logs:UpdateLogDelivery', 'logs:DeleteLogDelivery'],
      ...[
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
    ],
    resources: ['*'],
  },
  {
    actions: [
      ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      ...['xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    ],
    resources: ['*'],
  },
]

/**
 * The functions' versions that a machine calls. Older ones as well: a run that began before a deploy ends with the versions
 * that it began with.
 */
export const calls = (functions: sst.aws.Function[]): Statement => ({
  actions: ['lambda:InvokeFunction'],
  resources: functions.map(({ arn }) => $interpolate`${arn}:*`),
})

export const versionArn = (of: sst.aws.Function) => of.nodes.function.qualifiedArn

/** A Standard machine from a definition that knows nothing of where it is deployed. */
export function deployMachine(
  name: string,
  options: { physicalName: string; definition: $util.Output<StateMachine>; needs: Statement[] },
): aws.sfn.StateMachine {
  const logs = new aws.cloudwatch.LogGroup(`${name}Logs`, {
    // The prefix keeps the policy that lets Step Functions write within its length.
    name: `/aws/vendedlogs/states/${named(name, 200)}`,
    retentionInDays: settings.retention.logDays,
  })
  const role = serviceRole(name, 'states.amazonaws.com', [...options.needs, ...observing])
  return new aws.sfn.StateMachine(`${name}Machine`, {
    name: options.physicalName,
    type: 'STANDARD',
    roleArn: role.arn,
    definition: options.definition.apply((definition) => JSON.stringify(definition)),
    loggingConfiguration: {
      level: 'ERROR',
      includeExecutionData: false,
      logDestination: $interpolate`${logs.arn}:*`,
    },
    tracingConfiguration: { enabled: true },
  })
}
