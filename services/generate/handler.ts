import { KinesisClient } from '@aws-sdk/client-kinesis'
import { clientSettings } from '@droplake/lake/aws-client'
import { environment } from '../runtime/environment.ts'
import { lambda } from '../runtime/lambda.ts'
import { generate } from './generate.ts'
import { putRecords } from './put-records.ts'

const client = new KinesisClient(clientSettings)
const stream = environment.stream()

export const handler = lambda(
  { put: (records: readonly Uint8Array[]) => putRecords(client, stream, records) },
  generate,
)
