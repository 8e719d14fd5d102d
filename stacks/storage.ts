/// <reference path="../.sst/platform/config.d.ts" />
import { key } from './key.ts'
import { settings } from './stage.ts'

const { retention } = settings

/**
 * Days that replaced or deleted bytes can still be brought back, by prefix; a lifecycle cannot leave a prefix out, so all are
 * named. What was delivered, and the rows rejected from it, is written once and stays as the stage says. Everything else is
 * made from it and rewritten by every run: the log and the sweep keep what readers need of it as files of their own, so its
 * old bytes only have to outlast a mistake that is noticed on Monday.
 */
const noncurrentDays = {
  'raw/': retention.noncurrentDays,
  'stream-errors/': retention.noncurrentDays,
  'quarantine/': retention.noncurrentDays,
  'cleaned/': 3,
  'enriched/': 3,
  'curated/': 3,
  'ops/': 3,
  'athena-results/': 1,
}

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
    ...Object.entries(noncurrentDays).map(([prefix, days]) => ({
      id: `noncurrent-${prefix.slice(0, -1)}`,
      status: 'Enabled',
      filter: { prefix },
      noncurrentVersionExpiration: { noncurrentDays: days },
    })),
    {
      id: 'delete-markers',
      status: 'Enabled',
      filter: { prefix: '' },
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
