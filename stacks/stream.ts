/// <reference path="../.sst/platform/config.d.ts" />
import { keyUse } from './key.ts'
import { streamName } from './known-names.ts'
import { serviceRole } from './policy.ts'
import { schedule } from './schedule.ts'
import { deployService } from './services.ts'
import { settings } from './stage.ts'
import { lake, objects } from './storage.ts'

const { folder, byEventType, bufferSeconds, generate } = settings.stream
const raw = `raw/${folder}/`
const failed = `stream-errors/${folder}/`

/** Events from programs: Kinesis takes them, Firehose writes newline JSON under raw/, where it is a drop like any other. */
function createStream() {
  const events = new aws.kinesis.Stream('Events', {
    name: streamName,
    streamModeDetails: { streamMode: 'ON_DEMAND' },
    encryptionType: 'KMS',
    kmsKeyId: 'alias/aws/kinesis',
    retentionPeriod: 24,
  })
  const logs = new aws.cloudwatch.LogGroup('FirehoseLogs', {
    name: `/aws/kinesisfirehose/${streamName}`,
    retentionInDays: settings.retention.logDays,
  })
  const log = new aws.cloudwatch.LogStream('FirehoseLog', { name: 'delivery', logGroupName: logs.name })
  const role = serviceRole('firehose', 'firehose.amazonaws.com', [
    {
      actions: ['kinesis:DescribeStream', 'kinesis:GetShardIterator', 'kinesis:GetRecords', 'kinesis:ListShards'],
      resources: [events.arn],
    },
    {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'],
      resources: [objects(raw), objects(failed)],
    },
    { actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], resources: [lake.arn] },
    { actions: ['logs:PutLogEvents'], resources: [log.arn] },
    ...(settings.encryption === 'kms' ? [keyUse] : []),
  ])
  new aws.kinesis.FirehoseDeliveryStream('Firehose', {
    name: streamName,
    destination: 'extended_s3',
    kinesisSourceConfiguration: { kinesisStreamArn: events.arn, roleArn: role.arn },
    extendedS3Configuration: {
      bucketArn: lake.arn,
      roleArn: role.arn,
      prefix: `${raw}${byEventType ? '!{partitionKeyFromQuery:event_type}/' : ''}!{timestamp:yyyy/MM/dd}/`,
      errorOutputPrefix: `${failed}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
      fileExtension: '.ndjson',
      bufferingInterval: bufferSeconds,
      bufferingSize: 64,
      cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.name, logStreamName: log.name },
      ...(byEventType ? { dynamicPartitioningConfiguration: { enabled: true }, processingConfiguration } : {}),
    },
  })
  return events
}

/** A record holds several events, because a small one is billed as 5 KB: they are taken apart, sorted, and given lines again. */
const processingConfiguration = {
  enabled: true,
  processors: [
    { type: 'RecordDeAggregation', parameters: [{ parameterName: 'SubRecordType', parameterValue: 'JSON' }] },
    {
      type: 'MetadataExtraction',
      parameters: [
        { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
        { parameterName: 'MetadataExtractionQuery', parameterValue: '{event_type: (.event_type // "unknown")}' },
      ],
    },
    { type: 'AppendDelimiterToRecord', parameters: [{ parameterName: 'Delimiter', parameterValue: '\\n' }] },
  ],
}

export const events = settings.stream.enabled ? createStream() : undefined

if (events && generate.schedule !== '') {
  const service = deployService('generate', { DROPLAKE_STREAM: events.name })
  schedule('generate', {
    expression: generate.schedule,
    arn: service.arn,
    action: 'lambda:InvokeFunction',
    // Scheduler puts in the time that the run was for, also when it comes late or twice.
    input: { events: generate.events, scheduledAt: '<aws.scheduler.scheduled-time>' },
  })
}
