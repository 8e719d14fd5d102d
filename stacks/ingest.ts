/// <reference path="../.sst/platform/config.d.ts" />
import { deadLetters } from './dead-letters.ts'
import { patience } from './delivery.ts'
import { rules } from './known-names.ts'
import { pipeline } from './pipeline.ts'
import { serviceRole } from './policy.ts'
import { lake, notification } from './storage.ts'

/** Every object that arrives under raw/; its key stands in the event as it is, not encoded. */
export const rule = new aws.cloudwatch.EventRule(
  'Ingest',
  {
    name: rules.ingest,
    description: 'droplake: an object under raw/ starts the pipeline',
    eventPattern: lake.name.apply((bucket) =>
      JSON.stringify({
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: 'raw/' }] } },
      }),
    ),
  },
  { dependsOn: notification },
)

const role = serviceRole('ingest-rule', 'events.amazonaws.com', [
  { actions: ['states:StartExecution'], resources: [pipeline.arn] },
])

new aws.cloudwatch.EventTarget('IngestTarget', {
  rule: rule.name,
  targetId: 'pipeline',
  arn: pipeline.arn,
  roleArn: role.arn,
  retryPolicy: patience,
  deadLetterConfig: { arn: deadLetters.arn },
})
