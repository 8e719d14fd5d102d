import { join } from 'node:path'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { randomOf } from '../simulation/schedule.ts'
import { problemsAfter, problemsBetween, type Undisturbed } from './kill-matrix.ts'
import { killAfter, run } from './killed-process.ts'
import { linkLake, secondDrop } from './scenario.ts'

const script = join(import.meta.dirname, 'drop-shop.ts')

/** Milliseconds that an undisturbed process works, from the moment that its lake is open. */
export async function durationOf(base: string): Promise<number> {
  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const { told, exit } = run(script, [folder.path, ...secondDrop(folder.path)])
  await told
  const began = performance.now()
  const { code } = await exit
  if (code !== 0) throw new Error(`the process ended with code ${code}`)
  return performance.now() - began
}

/**
 * Kills a process that drops at a moment that the seed chooses, then, every other time, one that recovers; then recovers.
 * Returns how many were killed before they were done, and what is wrong after all.
 */
export async function killProcesses(of: Undisturbed, options: { seed: number; withinMs: number }) {
  using folder = temporaryFolder()
  if (of.base) linkLake(of.base, folder.path)
  const random = randomOf(options.seed)
  const moment = () => random() * options.withinMs
  const paths = secondDrop(folder.path)
  let killed = Number(await killAfter(run(script, [folder.path, ...paths]), moment()))
  if (options.seed % 2 === 0) killed += Number(await killAfter(run(script, [folder.path]), moment()))

  const lake = await openShop(folder.path)
  const problems = [...(await problemsBetween(of, lake)), ...(await problemsAfter(of, lake, paths))]
  await lake.close()
  return { killed, problems }
}
