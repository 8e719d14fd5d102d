/// <reference path="../.sst/platform/config.d.ts" />
import { key } from './key.ts'
import { settings } from './stage.ts'

const { retention } = settings

/** The lake: private, versioned, encrypted; plain HTTP is refused. */
export const lake = new sst.aws.Bucket('Lake', {
  versioning: true,
  enforceHttps: true,
  cors: false,
  transform: {
    bucket: (args, options) => {
      args.forceDestroy = !settings.protected
      options.protect = settings.protected
    },
  },
})

new aws.s3.BucketServerSideEncryptionConfiguration('LakeEncryption', {
  bucket: lake.name,
  rules: [
    settings.encryption === 'kms'
      ? {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn },
          bucketKeyEnabled: true,
        }
      : { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
  ],
})

// What the log has retired under cleaned/, enriched/, curated/ and ops/ is the sweep's to delete: only it knows who still reads.
new aws.s3.BucketLifecycleConfiguration('LakeLifecycle', {
  bucket: lake.name,
  rules: [
    {
      id: 'noncurrent',
      status: 'Enabled',
      filter: { prefix: '' },
      noncurrentVersionExpiration: { noncurrentDays: retention.noncurrentDays },
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      id: 'unfinished-uploads',
      status: 'Enabled',
      filter: { prefix: '' },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 3 },
    },
    { id: 'query-results', status: 'Enabled', filter: { prefix: 'athena-results/' }, expiration: { days: 7 } },
    {
      id: 'stream',
      status: 'Enabled',
      filter: { prefix: `raw/${settings.stream.folder}/` },
      expiration: { days: retention.streamDays },
    },
  ],
})

/** S3 tells EventBridge of every object; a bucket has one such resource. */
export const notification = new aws.s3.BucketNotification('LakeNotification', { bucket: lake.name, eventbridge: true })

/** ARN of all objects under a prefix. */
export const objects = (prefix: string) => $interpolate`${lake.arn}/${prefix}*`
