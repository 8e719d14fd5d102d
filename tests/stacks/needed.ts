import type { SdkCall } from './sdk-calls.ts'

/** Where an SDK's operation is granted under another name than its own. */
const renamed: Record<string, string[]> = {
  's3 GetObject': ['s3:GetObject'],
  's3 HeadObject': ['s3:GetObject'],
  's3 PutObject': ['s3:PutObject'],
  's3 CreateMultipartUpload': ['s3:PutObject'],
  's3 UploadPart': ['s3:PutObject'],
  's3 CompleteMultipartUpload': ['s3:PutObject'],
  's3 CopyObject': ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
  's3 UploadPartCopy': ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
  's3 ListObjectsV2': ['s3:ListBucket'],
  's3 ListObjectVersions': ['s3:ListBucketVersions'],
  's3 DeleteObjects': ['s3:DeleteObject'],
}
const prefixes: Record<string, string> = { sfn: 'states' }

/** What Athena does with the rights of who starts a query: AWS's own list for reading Glue's tables and S3. */
export const athenaReads = [
  ...['athena:GetDataCatalog', 'glue:GetDatabase', 'glue:GetDatabases', 'glue:GetTable', 'glue:GetTables'],
  ...['glue:GetPartition', 'glue:GetPartitions', 'glue:BatchGetPartition'],
  ...['s3:GetBucketLocation', 's3:GetObject', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
  ...['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload', 's3:PutObject'],
]
/** … and of who asks it to create a table from a query. */
export const athenaCreates = ['glue:CreateTable', 'glue:CreatePartition', 'glue:BatchCreatePartition']

/** What every function does: its logs and its traces. */
const everyFunction = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords']
const inNetwork = [
  ...['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces'],
  ...['ec2:DescribeSubnets', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
]

/** The actions that a function's role needs for what its code sends, and for how it is deployed. */
export function actionsNeeded(
  calls: readonly SdkCall[],
  deployed: { bucketKey: boolean; network: boolean; failuresToQueue: boolean },
): Set<string> {
  const needed = new Set(everyFunction)
  for (const { client, command, fields } of calls) {
    const operation = `${client} ${command}`
    for (const action of renamed[operation] ?? [`${prefixes[client] ?? client}:${command}`]) needed.add(action)
    const reads = operation === 's3 GetObject' || operation === 's3 HeadObject'
    if (reads && fields.includes('VersionId')) needed.add('s3:GetObjectVersion')
    // Else S3 answers for an absent object that it is forbidden.
    if (reads) needed.add('s3:ListBucket')
    if (operation === 'athena StartQueryExecution') for (const action of athenaReads) needed.add(action)
    // The topic is encrypted always, the bucket if the stage says so.
    if (client === 'sns' || (client === 's3' && deployed.bucketKey))
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) needed.add(action)
  }
  if (deployed.network) for (const action of inNetwork) needed.add(action)
  if (deployed.failuresToQueue) needed.add('sqs:SendMessage')
  return needed
}
