/// <reference path="../.sst/platform/config.d.ts" />
import { rollbackDefinition } from '@droplake/pipeline/rollback-definition'
import { rollbackMachineName } from './known-names.ts'
import { calls, deployMachine, versionArn } from './machine.ts'
import { services } from './services.ts'

const { rollback, wake } = services

export const rollbackMachine = deployMachine('rollback', {
  physicalName: rollbackMachineName,
  definition: $resolve({ functions: $resolve({ rollback: versionArn(rollback), wake: versionArn(wake) }) }).apply(
    rollbackDefinition,
  ),
  needs: [calls([rollback, wake])],
})
