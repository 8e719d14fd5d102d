/// <reference path="../.sst/platform/config.d.ts" />
import { key } from './key.ts'
import { resourcePolicy } from './policy.ts'
import { named, settings } from './stage.ts'

/** Every alert: of runs, of alarms, of the budget. Attributes `kind`, `dataset`, `severity` filter subscriptions. */
export const topic = new aws.sns.Topic('Alerts', { name: named('alerts', 256), kmsMasterKeyId: key.arn })

new aws.sns.TopicPolicy('AlertsPolicy', {
  arn: topic.arn,
  policy: resourcePolicy(topic.arn, {
    secured: ['sns:Publish'],
    allowed: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'].map((service) => ({
      service,
      actions: ['sns:Publish'],
    })),
  }),
})

const subscribe = (protocol: 'email' | 'https', endpoints: string[]) =>
  endpoints.map(
    (endpoint, n) => new aws.sns.TopicSubscription(`Alerts${protocol}${n}`, { topic: topic.arn, protocol, endpoint }),
  )
subscribe('email', settings.alerts.emails)
subscribe('https', settings.alerts.webhooks)
