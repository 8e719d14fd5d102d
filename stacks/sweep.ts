/// <reference path="../.sst/platform/config.d.ts" />
import { sweepDefinition } from '@droplake/pipeline/sweep-definition'
import { sweepMachineName } from './known-names.ts'
import { calls, deployMachine, versionArn } from './machine.ts'
import { services } from './services.ts'

const { sweep, wake } = services

export const sweepMachine = deployMachine('sweep', {
  physicalName: sweepMachineName,
  definition: $resolve({ functions: $resolve({ sweep: versionArn(sweep), wake: versionArn(wake) }) }).apply(
    sweepDefinition,
  ),
  needs: [calls([sweep, wake])],
})
