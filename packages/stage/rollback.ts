import { RollbackRefused, type RolledBack } from '@droplake/pipeline/rollback'
import type { Stage } from './stage.ts'
import { ExecutionFailed } from './start-execution.ts'

/**
 * Lets the stage roll a model back, so that an execution holds the dataset and not a process of this machine. Throws
 * `RollbackRefused` as the stage said it.
 */
export async function rollbackStage(
  stage: Stage,
  options: { dataset: string; model: string; to?: string; release?: boolean },
): Promise<RolledBack> {
  const { to = null, release = false, ...rest } = options
  const machine = stage.outputs.rollbackStateMachine
  const { output, error } = await stage.startMachine(machine, { ...rest, to, release }).ended
  if (error instanceof ExecutionFailed && error.error === 'RollbackRefused')
    throw new RollbackRefused(error.reason, { cause: error })
  if (error) throw error
  return output as RolledBack
}
