/// <reference path="../.sst/platform/config.d.ts" />
import { arnOf, named } from './stage.ts'

// Known before the things themselves are: roles, functions and policies made earlier name them.
export const stateMachineName = named('pipeline', 80)
export const sweepMachineName = named('sweep', 80)
export const rollbackMachineName = named('rollback', 80)
export const stateMachineArn = arnOf('states', `stateMachine:${stateMachineName}`)
/** A machine's own executions, and those of its Distributed Maps. */
export const executionsOf = (machine: string) => [
  arnOf('states', `execution:${machine}:*`),
  arnOf('states', `execution:${machine}/*`),
]

export const rules = { ingest: named('ingest'), ended: named('ended') }

export const streamName = named('events', 64)
export const streamArn = arnOf('kinesis', `stream/${streamName}`)
