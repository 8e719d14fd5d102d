import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { StageSettings } from '../../stacks/settings.ts'
import type { Graph } from './graph.ts'
import { locked } from './lock.ts'
import { cache, root } from './paths.ts'
import { installPlatform } from './platform.ts'

export interface EvaluateOptions {
  /** In place of what `stacks/stages.ts` says of the stage. */
  settings?: StageSettings
  /** In place of `droplake`. */
  app?: string
}

/**
 * Evaluates the real `run()` of sst.config.ts with SST's real components, bundles and zips; only Pulumi's engine and the
 * CLI's server are played. The graph is kept in `.cache/stacks/<stage>.json`. It changes directory: a process a stage.
 */
export async function evaluate(stage: string, options: EvaluateOptions = {}): Promise<Graph> {
  // The program compiles the contracts into a folder of the checkout.
  return locked(join(cache, 'lock'), async () => {
    await installPlatform()
    const program = join(import.meta.dirname, 'program/run.ts')
    await promisify(execFile)(process.execPath, ['--no-deprecation', program, stage, JSON.stringify(options)], {
      cwd: root,
      timeout: 240_000,
      maxBuffer: 2 ** 26,
    }).catch((error: { stderr?: string; stdout?: string; message: string }) => {
      throw new Error(`stacks: stage ${stage} could not be evaluated: ${error.stderr || error.stdout || error.message}`)
    })
    return readGraph(stage)
  })
}

/** What `evaluate` kept. */
export const readGraph = (stage: string): Graph => JSON.parse(readFileSync(join(cache, `${stage}.json`), 'utf8'))
