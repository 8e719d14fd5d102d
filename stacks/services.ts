/// <reference path="../.sst/platform/config.d.ts" />
import { serviceNames } from '@droplake/pipeline/definition'
import { type Lambda, lambdaSizes } from '@droplake/stage/lambda-sizes'
import { pipelineWorkgroup } from './athena.ts'
import { stateMachineArn } from './known-names.ts'
import { metricNamespace } from './metrics.ts'
import { network, networkUse } from './network.ts'
import { permissionsOf } from './role.ts'
import { databasePrefix, named, settings } from './stage.ts'
import { lake } from './storage.ts'
import { topic } from './topic.ts'

$transform(sst.aws.Function, (args) => {
  args.runtime ??= 'nodejs24.x'
  args.architecture ??= 'arm64'
  args.transform = {
    ...args.transform,
    function: (fn) => {
      fn.tracingConfig = { mode: 'Active' }
    },
    role: (role) => {
      // Nothing but what stands in permissions.ts; under `sst dev` the role stays as SST needs it.
      role.managedPolicyArns = []
      if (!$dev) role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' })
    },
  }
})

/** One service as a Lambda whose versions are published: a run calls one version from its start to its end. */
export function deployService(service: Lambda, environment: Record<string, $util.Input<string>>) {
  const name = named(service)
  const logs = new aws.cloudwatch.LogGroup(`Logs${service}`, {
    name: `/aws/lambda/${name}`,
    retentionInDays: settings.retention.logDays,
  })
  const reserved = settings.reservedConcurrency[service]
  return new sst.aws.Function(`Service${service}`, {
    name,
    handler: `services/${service}/handler.handler`,
    description: `droplake: ${service}`,
    memory: `${settings.memory[service] ?? lambdaSizes[service].memoryMb} MB`,
    timeout: `${lambdaSizes[service].timeoutMinutes} minutes`,
    versioning: true,
    nodejs: { minify: true, sourcemap: false },
    logging: { format: 'json', logGroup: logs.name },
    ...(reserved ? { concurrency: { reserved } } : {}),
    ...(network ? { vpc: network.attach } : {}),
    environment: {
      POWERTOOLS_SERVICE_NAME: service,
      POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
      DROPLAKE_STAGE: $app.stage,
      ...environment,
    },
    permissions: [
      ...permissionsOf(service),
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [$interpolate`${logs.arn}:*`] },
      { actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] },
      ...networkUse,
    ],
  })
}

const lakeEnvironment = {
  DROPLAKE_BUCKET: lake.name,
  DROPLAKE_DATABASE_PREFIX: databasePrefix,
  DROPLAKE_WORKGROUP: pipelineWorkgroup.name,
  DROPLAKE_TOPIC_ARN: topic.arn,
  DROPLAKE_MOST_UNPACKED_GB: String(settings.mostUnpackedGb),
  ...(settings.settleSeconds === null ? {} : { DROPLAKE_SETTLE_SECONDS: String(settings.settleSeconds) }),
}

const deployed = [...serviceNames, 'sweep', 'rollback', 'wake'] as const
export const services = Object.fromEntries(
  deployed.map((service) => [
    service,
    deployService(service, {
      ...lakeEnvironment,
      ...(service === 'wake' ? { DROPLAKE_STATE_MACHINE_ARN: stateMachineArn } : {}),
    }),
  ]),
) as Record<(typeof deployed)[number], sst.aws.Function>
