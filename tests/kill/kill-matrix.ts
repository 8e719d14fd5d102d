import { isDeepStrictEqual } from 'node:util'
import { drop } from '@droplake/local/drop'
import type { Lake, LakeOptions } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { pictureOf, problemsAtRest } from './examine.ts'
import { type Death, mortal } from './mortal.ts'
import { baseLake, dropMissing, linkLake, secondDrop } from './scenario.ts'

/** A drop to be disturbed. */
export interface Scene {
  dataset: string
  /** Folder of the lake before it; without one the lake is new. */
  base?: string
  open(path: string, options?: Partial<LakeOptions>): Promise<Lake>
  /** Files that are dropped. */
  files(path: string): string[]
}

type PictureOfLake = Awaited<ReturnType<typeof pictureOf>>

/** A lake before and after the drop, and what the drop writes when nobody disturbs it. */
export interface Undisturbed extends Scene {
  before: PictureOfLake
  after: PictureOfLake
  written: string[]
}

/** The shop's second drop, over a lake that is made in `base`. */
export async function shopScene(base: string): Promise<Undisturbed> {
  await baseLake(base)
  return undisturbed({ dataset: 'shop', base, open: openShop, files: secondDrop })
}

export async function undisturbed(scene: Scene): Promise<Undisturbed> {
  using folder = temporaryFolder()
  const { path } = folder
  if (scene.base) linkLake(scene.base, path)
  const process = mortal()
  const lake = await scene.open(path, process)
  const before = await pictureOf(lake, scene.dataset)
  await drop(lake, { paths: scene.files(path) })
  const written = [...process.written]
  const after = await pictureOf(lake, scene.dataset)
  await lake.close()
  return { ...scene, before, after, written }
}

/**
 * Kills the drop, and then each run that recovers from it, once for every death; lets another run recover; and tells
 * everything that is not as it must be.
 */
export async function killAndRecover(
  of: Undisturbed,
  [death, ...again]: readonly [Death, ...Death[]],
): Promise<{ reached: boolean; problems: string[] }> {
  using folder = temporaryFolder()
  if (of.base) linkLake(of.base, folder.path)
  const paths = of.files(folder.path)
  const process = mortal(death)
  const victim = await of.open(folder.path, process)
  await drop(victim, { paths }).catch(() => {})
  await victim.close()
  for (const next of again) {
    const heir = await of.open(folder.path, mortal(next))
    await runPending(heir, of.dataset).catch(() => {})
    await heir.close()
  }

  const lake = await of.open(folder.path)
  // A process that goes on publishes what it can: what depends on the failed part waits.
  const problems = death.survived ? [] : await problemsBetween(of, lake)
  problems.push(...(await problemsAfter(of, lake, paths)))
  await lake.close()
  return { reached: process.reached(), problems }
}

/** What a reader sees between the death and the recovery: the old or the new rows, whole. */
export async function problemsBetween(of: Undisturbed, lake: Lake): Promise<string[]> {
  const between = await pictureOf(lake, of.dataset)
  return zones.flatMap((zone) =>
    [of.before, of.after].some((picture) => isDeepStrictEqual(picture[zone], between[zone]))
      ? []
      : [`a reader sees neither the old nor the new rows (${zone})`],
  )
}

/** Recovers, and tells what differs from an undisturbed lake. */
export async function problemsAfter(of: Undisturbed, lake: Lake, paths: readonly string[]): Promise<string[]> {
  await runPending(lake, of.dataset)
  await dropMissing(lake, paths)
  const after = await pictureOf(lake, of.dataset)
  const differing = zones.filter((zone) => !isDeepStrictEqual(after[zone], of.after[zone]))
  return [
    ...differing.map((zone) => `other rows than undisturbed (${zone})`),
    ...(await problemsAtRest(lake, of.dataset)),
  ]
}

const zones = ['shown', 'working'] as const

/**
 * Works through the deaths, several at a time, until all are done or the time is over; returns what went wrong, at how
 * many the process got as far as its death, and how many were not tried.
 */
export async function everyDeath(
  of: Undisturbed,
  deaths: readonly (readonly [Death, ...Death[]])[],
  { atOnce = 4, ms = Number.POSITIVE_INFINITY }: { atOnce?: number; ms?: number } = {},
): Promise<{ wrong: string[]; reached: number; left: number }> {
  const waiting = [...deaths]
  const wrong: string[] = []
  const end = performance.now() + ms
  let reached = 0
  const work = async () => {
    while (performance.now() < end) {
      const next = waiting.shift()
      if (!next) return
      const result = await killAndRecover(of, next).catch((error: unknown) => ({
        reached: true,
        problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      }))
      if (result.reached) reached += 1
      wrong.push(...result.problems.map((problem) => `${nameOf(of, next)}: ${problem}`))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { wrong, reached, left: waiting.length }
}

const nameOf = ({ written }: Undisturbed, [{ at, write }, ...again]: readonly [Death, ...Death[]]) =>
  [`write ${at} ${write} (${written[at - 1]})`, ...again.map((death) => `then ${death.at} ${death.write}`)].join(', ')
