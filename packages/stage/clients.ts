import { AthenaClient } from '@aws-sdk/client-athena'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GlueClient } from '@aws-sdk/client-glue'
import { S3Client } from '@aws-sdk/client-s3'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SNSClient } from '@aws-sdk/client-sns'
import { clientSettings } from '@droplake/lake/aws-client'
import { nameOperation } from './operation.ts'

/** Clients of one region. Credentials, profile and endpoints come from the SDK's own environment. */
export function openClients(region: string) {
  const settings = { ...clientSettings, region }
  const clients = {
    s3: new S3Client(settings),
    athena: new AthenaClient(settings),
    glue: new GlueClient(settings),
    sfn: new SFNClient(settings),
    sns: new SNSClient(settings),
    events: new EventBridgeClient(settings),
  }
  nameOperation(clients.s3, 's3')
  nameOperation(clients.athena, 'athena')
  nameOperation(clients.glue, 'glue')
  nameOperation(clients.sfn, 'states')
  nameOperation(clients.sns, 'sns')
  nameOperation(clients.events, 'events')
  return clients
}

export type Clients = ReturnType<typeof openClients>

export function closeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy()
}
