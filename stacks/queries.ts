/// <reference path="../.sst/platform/config.d.ts" />
import { pipelineResults, pipelineWorkgroup } from './athena.ts'
import { glueResources, type Zone } from './catalog.ts'
import type { Statement } from './policy.ts'
import { arnOf } from './stage.ts'
import { lake, objects } from './storage.ts'

/** What models are made of; their data lies under curated/. */
const sources: Zone[] = ['cleaned', 'enriched', 'build']
const followed: Zone[] = [...sources, 'curated']

/** What Athena does with the rights of who asks it: reads tables and their files, and writes the results. */
const asking: Statement[] = [
  {
    actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
    resources: [pipelineWorkgroup.arn],
  },
  { actions: ['athena:GetDataCatalog'], resources: [arnOf('athena', 'datacatalog/AwsDataCatalog')] },
  {
    actions: [
      ...['glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables'],
      ...['glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
    ],
    resources: glueResources(sources),
  },
  // Athena looks at it for any statement, whether or not the account has it.
  { actions: ['glue:GetDatabase'], resources: [arnOf('glue', 'catalog'), arnOf('glue', 'database/default')] },
  { actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], resources: [lake.arn] },
  { actions: ['s3:GetObject'], resources: ['cleaned/', 'enriched/', 'curated/'].map(objects) },
  {
    actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [objects(pipelineResults)],
  },
]

/** Asks, and reads the answer. */
export const querying: Statement[] = [
  ...asking,
  { actions: ['athena:GetQueryResults'], resources: [pipelineWorkgroup.arn] },
]

/** Asks for tables: a model's version. */
export const building: Statement[] = [
  ...asking,
  {
    actions: ['glue:CreateTable', 'glue:CreatePartition', 'glue:BatchCreatePartition'],
    resources: glueResources(['build']),
  },
  {
    actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: [objects('curated/')],
  },
]

/** Brings Glue to the log's state, and registers versions. */
export const following = ({ crawled }: { crawled: boolean }): Statement[] => [
  {
    actions: [
      ...['glue:GetTable', 'glue:GetTables', 'glue:GetPartitions', 'glue:CreateTable', 'glue:UpdateTable'],
      ...['glue:DeleteTable', 'glue:BatchCreatePartition', 'glue:BatchUpdatePartition', 'glue:BatchDeletePartition'],
    ],
    resources: glueResources(followed),
  },
  ...(crawled ? [{ actions: ['glue:GetTables'], resources: glueResources(['raw']) }] : []),
]

/** Looks at what Glue shows, and forgets versions of models. */
export const pruning: Statement[] = [
  { actions: ['glue:GetTables', 'glue:GetPartitions'], resources: glueResources(followed) },
  { actions: ['glue:BatchDeleteTable'], resources: glueResources(['build']) },
]
