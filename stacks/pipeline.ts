/// <reference path="../.sst/platform/config.d.ts" />
import { definition, type ServiceName, serviceNames } from '@droplake/pipeline/definition'
import { pipelineWorkgroup } from './athena.ts'
import { databaseName } from './catalog.ts'
import { keyUse } from './key.ts'
import { executionsOf, stateMachineArn, stateMachineName } from './known-names.ts'
import { calls, deployMachine, versionArn } from './machine.ts'
import { building } from './queries.ts'
import { services } from './services.ts'
import { arnOf, datasets, settings } from './stage.ts'

const versions = Object.fromEntries(serviceNames.map((name) => [name, versionArn(services[name])])) as Record<
  ServiceName,
  $util.Output<string>
>

/** A Distributed Map's items are executions of the machine itself, and so is the next run. */
const itself = [
  { actions: ['states:StartExecution'], resources: [stateMachineArn] },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    resources: executionsOf(stateMachineName),
  },
]

const crawling = {
  actions: ['glue:StartCrawler', 'glue:GetCrawler'],
  resources: datasets.map(({ name }) => arnOf('glue', `crawler/${databaseName(name, 'raw')}`)),
}

export const pipeline = deployMachine('pipeline', {
  physicalName: stateMachineName,
  definition: $resolve({ workgroup: pipelineWorkgroup.name, functions: $resolve(versions) }).apply(definition),
  needs: [
    calls(serviceNames.map((name) => services[name])),
    ...itself,
    ...building,
    crawling,
    ...(settings.encryption === 'kms' ? [keyUse] : []),
  ],
})
