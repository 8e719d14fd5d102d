import { SNSClient } from '@aws-sdk/client-sns'
import { clientSettings } from '@droplake/lake/aws-client'
import type { Notifier } from '@droplake/lake/notifier'
import { snsNotifier } from '@droplake/lake/sns-notifier'
import { environment } from './environment.ts'

export const notifier: Notifier = snsNotifier({
  client: new SNSClient(clientSettings),
  topicArn: environment.topicArn(),
})
