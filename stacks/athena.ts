/// <reference path="../.sst/platform/config.d.ts" />
import { key } from './key.ts'
import { account, named, settings } from './stage.ts'
import { lake } from './storage.ts'

/** Where the pipeline's results go. */
export const pipelineResults = 'athena-results/pipeline/'

const workgroup = (name: string, options: { results: string; enforced: boolean; gigabytes: number }) =>
  new aws.athena.Workgroup(`Workgroup${name}`, {
    name: named(name, 128),
    description: `droplake: queries of ${name}`,
    forceDestroy: !settings.protected,
    configuration: {
      enforceWorkgroupConfiguration: options.enforced,
      publishCloudwatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: options.gigabytes * 2 ** 30,
      engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
      resultConfiguration: {
        outputLocation: $interpolate`s3://${lake.name}/${options.results}`,
        expectedBucketOwner: account,
        encryptionConfiguration:
          settings.encryption === 'kms'
            ? { encryptionOption: 'SSE_KMS', kmsKeyArn: key.arn }
            : { encryptionOption: 'SSE_S3' },
      },
    },
  })

/** For people and dashboards. */
export const peopleWorkgroup = workgroup('people', {
  results: 'athena-results/people/',
  enforced: true,
  gigabytes: settings.scanLimit.people,
})

/**
 * For the pipeline. Not enforced: Athena refuses `external_location` in a workgroup that enforces its results' location. Its
 * scan limit holds all the same, and what its role may write stands in IAM.
 */
export const pipelineWorkgroup = workgroup('pipeline', {
  results: pipelineResults,
  enforced: false,
  gigabytes: settings.scanLimit.pipeline,
})
