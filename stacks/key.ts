/// <reference path="../.sst/platform/config.d.ts" />
import { account, named, partition, settings } from './stage.ts'

/** All that the account's administrators may be allowed; a wildcard would do the same without saying it. */
const administration = [
  ...['CancelKeyDeletion', 'CreateAlias', 'CreateGrant', 'Decrypt', 'DeleteAlias', 'DescribeKey', 'DisableKey'],
  ...['DisableKeyRotation', 'EnableKey', 'EnableKeyRotation', 'Encrypt', 'GenerateDataKey', 'GetKeyPolicy'],
  ...['GenerateDataKeyWithoutPlaintext', 'GetKeyRotationStatus', 'ListAliases', 'ListGrants', 'ListKeyPolicies'],
  ...['ListKeyRotations', 'ListResourceTags', 'ListRetirableGrants', 'PutKeyPolicy', 'ReEncryptFrom', 'ReEncryptTo'],
  ...['RevokeGrant', 'RotateKeyOnDemand', 'ScheduleKeyDeletion', 'TagResource', 'UntagResource', 'UpdateAlias'],
  'UpdateKeyDescription',
].map((action) => `kms:${action}`)

/** The stage's key: of the topic, and of bucket and query results where the settings say so. */
export const key = new aws.kms.Key(
  'Key',
  {
    description: `droplake, stage ${$app.stage}`,
    enableKeyRotation: true,
    deletionWindowInDays: settings.protected ? 30 : 7,
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: $interpolate`arn:${partition}:iam::${account}:root` },
          Action: administration,
          Resource: '*',
        },
        {
          // Those who publish to the encrypted topic without a role.
          Effect: 'Allow',
          Principal: { Service: ['cloudwatch.amazonaws.com', 'budgets.amazonaws.com'] },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    }),
  },
  { protect: settings.protected, retainOnDelete: settings.protected },
)

new aws.kms.Alias('KeyAlias', { name: `alias/${named('key')}`, targetKeyId: key.id })

/** Use of the key through a service, for who reads or writes what it encrypts. */
export const keyUse = { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.arn] }
