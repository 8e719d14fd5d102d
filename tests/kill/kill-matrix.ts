import { isDeepStrictEqual } from 'node:util'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { pictureOf, problemsAtRest } from './examine.ts'
import { type Death, mortal } from './mortal.ts'
import { baseLake, dropMissing, linkLake, secondDrop } from './scenario.ts'

type PictureOfLake = Awaited<ReturnType<typeof pictureOf>>

/** A lake before and after the second drop, and what the drop writes when nobody disturbs it. */
export interface Undisturbed {
  /** Folder of the lake before. */
  base: string
  before: PictureOfLake
  after: PictureOfLake
  written: string[]
}

export async function undisturbed(base: string, path: string): Promise<Undisturbed> {
  await baseLake(base)
  linkLake(base, path)
  const process = mortal()
  const lake = await openShop(path, process)
  const before = await pictureOf(lake)
  await drop(lake, { paths: secondDrop(path) })
  const { written } = process
  const after = await pictureOf(lake)
  await lake.close()
  return { base, before, after, written: [...written] }
}

/** Kills a second drop once, lets `droplake run` recover, and tells everything that is not as it must be. */
export async function killAndRecover(of: Undisturbed, death: Death): Promise<{ reached: boolean; problems: string[] }> {
  using folder = temporaryFolder()
  linkLake(of.base, folder.path)
  const paths = secondDrop(folder.path)
  const process = mortal(death)
  const victim = await openShop(folder.path, process)
  await drop(victim, { paths }).catch(() => {})
  await victim.close()

  const problems: string[] = []
  const lake = await openShop(folder.path)
  // A process that goes on publishes what it can: what depends on the failed part waits.
  const between = death.survived ? of.before : await pictureOf(lake)
  for (const zone of ['shown', 'working'] as const)
    if (!isDeepStrictEqual(between[zone], of.before[zone]) && !isDeepStrictEqual(between[zone], of.after[zone]))
      problems.push(`a reader sees neither the old nor the new rows (${zone})`)
  await runPending(lake, 'shop')
  await dropMissing(lake, paths)
  const after = await pictureOf(lake)
  for (const zone of ['shown', 'working'] as const)
    if (!isDeepStrictEqual(after[zone], of.after[zone])) problems.push(`other rows than undisturbed (${zone})`)
  problems.push(...(await problemsAtRest(lake)))
  await lake.close()
  return { reached: process.reached(), problems }
}

/** Works through the kill points, several at a time; returns what went wrong at which write, and how many were tried. */
export async function everyDeath(
  of: Undisturbed,
  deaths: readonly Death[],
  atOnce = 4,
): Promise<{ wrong: string[]; reached: number }> {
  const waiting = [...deaths]
  const wrong: string[] = []
  let reached = 0
  const work = async () => {
    for (let death = waiting.shift(); death; death = waiting.shift()) {
      const name = `${death.at} ${death.write}${death.survived ? ' survived' : ''} (${of.written[death.at - 1]})`
      const result = await killAndRecover(of, death).catch((error: unknown) => ({
        reached: true,
        problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      }))
      if (result.reached) reached += 1
      wrong.push(...result.problems.map((problem) => `write ${name}: ${problem}`))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { wrong, reached }
}
