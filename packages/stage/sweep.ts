import { sweepDefaults } from '@droplake/pipeline/sweep-definition'
import type { Stage } from './stage.ts'
import { ExecutionFailed } from './start-execution.ts'

/** What became of one dataset, as the daily round tells it. */
export type SweptDataset =
  | { dataset: string; deleted: number; bytes: number; kept: number }
  | { dataset: string; heldBy: string }
  | { dataset: string; error: string }

/** Starts the stage's sweep of these datasets now and waits for it. */
export async function sweepStage(
  stage: Stage,
  options: { datasets: readonly string[]; keep?: number; graceMs?: number },
): Promise<SweptDataset[]> {
  const machine = stage.outputs.sweepStateMachine
  const { output, error } = await stage.startMachine(machine, { ...sweepDefaults, ...options }).ended
  if (error) throw error
  if (!Array.isArray(output))
    throw new ExecutionFailed(`stage: the sweep answered ${JSON.stringify(output)}, no list of datasets; deploy again`)
  return output as SweptDataset[]
}
