/// <reference path="../.sst/platform/config.d.ts" />
import { deadLetters } from './dead-letters.ts'
import { patience } from './delivery.ts'
import { rules } from './known-names.ts'
import { pipeline } from './pipeline.ts'
import { services } from './services.ts'
import { sweepMachine } from './sweep.ts'

const { wake } = services

/** An execution that did not end well is told, and somebody goes on from where it was. */
export const ended = new aws.cloudwatch.EventRule('Ended', {
  name: rules.ended,
  description: 'droplake: an execution failed, took too long or was stopped',
  eventPattern: $resolve([pipeline.arn, sweepMachine.arn]).apply((machines) =>
    JSON.stringify({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: machines, status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    }),
  ),
})

new aws.lambda.Permission('EndedInvokes', {
  action: 'lambda:InvokeFunction',
  function: wake.name,
  principal: 'events.amazonaws.com',
  sourceArn: ended.arn,
})

new aws.cloudwatch.EventTarget('EndedTarget', {
  rule: ended.name,
  targetId: 'wake',
  arn: wake.arn,
  retryPolicy: patience,
  deadLetterConfig: { arn: deadLetters.arn },
})

// EventBridge hands over and forgets: what fails in the function itself is Lambda's to keep.
new aws.lambda.FunctionEventInvokeConfig('WakeRetries', {
  functionName: wake.name,
  maximumRetryAttempts: 2,
  maximumEventAgeInSeconds: 6 * 3600,
  destinationConfig: { onFailure: { destination: deadLetters.arn } },
})
