/// <reference path="../.sst/platform/config.d.ts" />
import { rules } from './known-names.ts'
import { resourcePolicy } from './policy.ts'
import { arnOf, named } from './stage.ts'

/** What EventBridge or Lambda could not deliver in the end; an alarm tells. The daily listing finds lost files by itself. */
export const deadLetters = new aws.sqs.Queue('DeadLetters', {
  name: named('dead-letters', 80),
  sqsManagedSseEnabled: true,
  messageRetentionSeconds: 14 * 24 * 3600,
})

new aws.sqs.QueuePolicy('DeadLettersPolicy', {
  queueUrl: deadLetters.url,
  policy: resourcePolicy(deadLetters.arn, {
    secured: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'],
    allowed: [
      {
        service: 'events.amazonaws.com',
        actions: ['sqs:SendMessage'],
        from: Object.values(rules).map((rule) => arnOf('events', `rule/${rule}`)),
      },
    ],
  }),
})
