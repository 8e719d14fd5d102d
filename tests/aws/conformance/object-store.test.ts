import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { clientSettings } from '@droplake/lake/aws-client'
import { s3Store } from '@droplake/lake/s3-store'
import { describeObjectStore } from '../../conformance/object-store.ts'
import { emulatedAws } from '../emulated-aws.ts'

describeObjectStore('a bucket', async () => {
  emulatedAws()
  const client = new S3Client(clientSettings)
  const bucket = 'object-store-suite'
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
  return { store: s3Store({ client, bucket }), close: async () => client.destroy() }
})
