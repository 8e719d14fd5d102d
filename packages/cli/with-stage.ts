import { explainError, StageError } from '@droplake/stage/explain-error'
import { type Outputs, readOutputs } from '@droplake/stage/outputs'
import type { Stage } from '@droplake/stage/stage'
import type { Session, StageName } from './session.ts'

/** The outputs of the stage that was named; `NoStage` when there are none. */
export function outputsOf({ name, outputs }: StageName): { outputs: Outputs; path: string } {
  return readOutputs({ stage: name, from: process.cwd(), ...(outputs === undefined ? {} : { file: outputs }) })
}

/** Opens the stage that was named, and closes it whatever happens. What AWS refuses is told in words. */
export async function withStage<T>(named: StageName, use: (stage: Stage) => Promise<T>): Promise<T> {
  const { outputs } = outputsOf(named)
  const [
    { loadContracts },
    { openStage },
    { localAlive, localHolder },
    { contractsFolder, sqlFolder },
    { modelLoader },
  ] = await Promise.all([
    import('@droplake/contracts/registry'),
    import('@droplake/stage/stage'),
    import('@droplake/local/holder'),
    import('@droplake/local/load-datasets'),
    import('@droplake/local/model-loader'),
  ])
  const datasets = await loadContracts([contractsFolder])
  const stage = openStage({
    outputs,
    datasets,
    ...modelLoader([sqlFolder], datasets),
    executions: { alive: localAlive, holder: localHolder },
  })
  try {
    return await use(stage)
  } catch (error) {
    const found = explainError(error, outputs)
    throw found ? new StageError(found, { cause: error }) : error
  } finally {
    await stage.close()
  }
}

/** From here on the first Ctrl-C stops the wait for a stage's runs, not the runs. */
export function leaveOnInterrupt({ interrupts, hint }: Session): void {
  interrupts.soften(
    `no longer waiting; the stage goes on by itself, and ${hint('status')} shows how far it is`,
    'stopped at once; the stage goes on by itself',
  )
}
