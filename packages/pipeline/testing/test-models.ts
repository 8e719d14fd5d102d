import { buildModels } from '@droplake/services/models/build-models'
import type { TestLake } from './test-lake.ts'

type Built = { built: boolean; error?: string; cause?: string }

/** Builds every model that is due, layer by layer, as the state machine does: statements, audit, another attempt, failures. */
export async function runModels(lake: TestLake, run: string): Promise<string[][]> {
  const at = { dataset: 'd', run }
  const { layers } = (await buildModels(lake.fx, { ...at, action: 'plan' })) as { layers: string[][] }
  for (const layer of layers) for (const model of layer) await runModel(lake, { ...at, model })
  return layers
}

async function runModel(lake: TestLake, at: { dataset: string; run: string; model: string }): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const input = { ...at, attempt }
    try {
      const render = (await buildModels(lake.fx, { ...input, action: 'render' })) as {
        statements: string[]
        database: string
      }
      const build: Built[] = []
      for (const sql of render.statements) build.push(await statement(lake, sql, render.database))
      const { again } = (await buildModels(lake.fx, { ...input, action: 'audit', build })) as { again: boolean }
      if (!again) return
    } catch (thrown) {
      const error = { Error: (thrown as Error).name, Cause: (thrown as Error).message }
      await buildModels(lake.fx, { ...input, action: 'fail', error })
      return
    }
  }
}

async function statement(lake: TestLake, sql: string, database: string): Promise<Built> {
  try {
    await lake.fx.engine.run(sql, { database })
    return { built: true }
  } catch (thrown) {
    return { built: false, error: (thrown as Error).name, cause: (thrown as Error).message }
  }
}
