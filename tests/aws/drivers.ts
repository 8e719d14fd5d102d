import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena'
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue'
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { athenaEngine } from '@droplake/lake/athena-engine'
import { clientSettings } from '@droplake/lake/aws-client'
import type { Catalog } from '@droplake/lake/catalog'
import { glueCatalog } from '@droplake/lake/glue-catalog'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { QueryEngine } from '@droplake/lake/query-engine'
import { s3Store } from '@droplake/lake/s3-store'
import { emulatedAws } from './emulated-aws.ts'

export interface AwsDrivers {
  store: ObjectStore
  catalog: Catalog
  /** The same names, seen by another process. */
  anotherCatalog(): Catalog
  engine: QueryEngine
  glue: GlueClient
  athena: AthenaClient
  close(): Promise<void>
}

/** A bucket, a workgroup of that name, and the databases of some datasets, as the stacks make them, and the drivers on them. */
export async function awsDrivers(of: {
  bucket: string
  datasets: readonly string[]
  databasePrefix?: string
}): Promise<AwsDrivers> {
  const { bucket, datasets, databasePrefix = '' } = of
  emulatedAws()
  const s3 = new S3Client(clientSettings)
  const glue = new GlueClient(clientSettings)
  const athena = new AthenaClient(clientSettings)
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
  const ResultConfiguration = { OutputLocation: `s3://${bucket}/athena-results/` }
  const Configuration = { ResultConfiguration, EnforceWorkGroupConfiguration: false }
  await athena.send(new CreateWorkGroupCommand({ Name: bucket, Configuration }))
  for (const dataset of datasets)
    for (const zone of ['raw', 'cleaned', 'enriched', 'build', 'curated']) {
      const LocationUri = `s3://${bucket}/${zone === 'build' ? 'curated' : zone}/${dataset}/`
      const DatabaseInput = { Name: `${databasePrefix}${dataset}_${zone}`, LocationUri }
      await glue.send(new CreateDatabaseCommand({ DatabaseInput }))
    }
  const store = s3Store({ client: s3, bucket })
  const anotherCatalog = () => glueCatalog({ client: glue, locate: store.locate, databasePrefix })
  return {
    store,
    catalog: anotherCatalog(),
    anotherCatalog,
    engine: athenaEngine({ client: athena, workgroup: bucket, database: `${databasePrefix}${datasets[0]}_build` }),
    glue,
    athena,
    async close() {
      for (const client of [s3, glue, athena]) client.destroy()
    },
  }
}
