import { evaluate } from './evaluate.ts'
import { installPlatform } from './platform.ts'
import { evaluations } from './stages.ts'

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`

/** Evaluates every stage once for all test files, one after the other: each compiles the contracts into the same folder. */
export async function setup(): Promise<void> {
  const start = Date.now()
  if (await installPlatform()) console.log(`stacks: installed SST's platform in ${seconds(start)}`)
  for (const [stage, options] of Object.entries(evaluations)) {
    const begun = Date.now()
    const { resources } = await evaluate(stage, options)
    console.log(`stacks: ${stage} has ${resources.length} resources (${seconds(begun)})`)
  }
}
