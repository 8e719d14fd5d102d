import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, droplake } from '../../../packages/cli/testing/spawn.ts'
import type { Stage } from './stage.ts'

/** Calls the command as somebody does who has just deployed the stage. */
export function commandOn(stage: Stage, folder: string): (...args: string[]) => Promise<Answer> {
  const { bucket, topic, stateMachine, sweepStateMachine, rollbackStateMachine, databasePrefix, workgroup } = stage
  const own = { bucket, topic, stateMachine, sweepStateMachine, rollbackStateMachine, databasePrefix, workgroup }
  const outputs = join(folder, 'outputs.json')
  writeFileSync(outputs, JSON.stringify({ ...stage.graph.outputs, ...own, region: 'us-east-1' }))
  return (...args) =>
    droplake(args.includes('--stage') ? args : [...args, '--stage', 'dev'], {
      env: { ...stage.env, DROPLAKE_OUTPUTS: outputs, HOME: folder },
    })
}
