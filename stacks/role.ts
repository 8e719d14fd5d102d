/// <reference path="../.sst/platform/config.d.ts" />
import type { Lambda } from '@droplake/stage/lambda-sizes'
import { keyUse } from './key.ts'
import { needs } from './permissions.ts'
import type { Statement } from './policy.ts'
import { settings } from './stage.ts'
import { lake, objects } from './storage.ts'

/** The statements of a service's role for what its code does. */
export function permissionsOf(service: Lambda): Statement[] {
  const { read = [], write = [], writeParts = [], remove = [], other = [] } = needs[service]
  const on = (actions: string[], prefixes: string[]) =>
    prefixes.length > 0 ? [{ actions, resources: prefixes.map(objects) }] : []
  return [
    ...on(['s3:GetObject', 's3:GetObjectVersion'], read),
    ...on(['s3:PutObject'], [...write, ...writeParts]),
    ...on(['s3:AbortMultipartUpload'], writeParts),
    ...on(['s3:DeleteObject'], remove),
    // Without it S3 says that an absent object is forbidden.
    ...(read.length > 0 ? [{ actions: ['s3:ListBucket'], resources: [lake.arn] }] : []),
    ...(read.length > 0 && settings.encryption === 'kms' ? [keyUse] : []),
    ...other,
  ]
}
