import { isDeepStrictEqual } from 'node:util'
import { drop } from '@droplake/local/drop'
import { rollback } from '@droplake/local/rollback'
import { openShop, publicRows, temporaryFolder } from '../e2e/shop.ts'
import { logOf, type Picture, problemsAtRest } from './examine.ts'
import { type Death, mortal } from './mortal.ts'
import { baseLake, linkLake, secondDrop, thirdDrop } from './scenario.ts'

/** Nothing reads it: no other model's staleness wakes a run that would recover by the way. */
const asked = { dataset: 'shop', model: 'mart_revenue' }

/** What is public before and after a rollback, and what it writes. */
export interface Undisturbed {
  base: string
  before: Picture
  moved: Picture
  written: string[]
}

/** A lake of two versions in `base`, rolled back elsewhere. */
export async function undisturbedRollback(base: string): Promise<Undisturbed> {
  await baseLake(base)
  const second = await openShop(base)
  await drop(second, { paths: secondDrop(base) })
  const before = await publicRows(second)
  await second.close()

  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const process = mortal()
  const lake = await openShop(folder.path, process)
  await rollback(lake, asked)
  const written = [...process.written]
  const moved = await publicRows(lake)
  await lake.close()
  return { base, before, moved, written }
}

/** Kills a rollback, lets the ten-minute pass recover, and tells everything that is not as the log says. */
export async function killRollback(of: Undisturbed, death: Death): Promise<string[]> {
  using folder = temporaryFolder()
  linkLake(of.base, folder.path)
  const victim = await openShop(folder.path, mortal(death))
  await rollback(victim, asked).catch(() => {})
  await victim.close()

  const lake = await openShop(folder.path)
  const problems: string[] = []
  const between = await publicRows(lake)
  if (![of.before, of.moved].some((picture) => isDeepStrictEqual(picture, between)))
    problems.push('a reader sees neither the old nor the new version')
  await lake.start({ dataset: 'shop', reason: 'pass' }).ended
  const isMoved = (await logOf(lake)).some(({ kind }) => kind === 'rollback')
  if (!isDeepStrictEqual(await publicRows(lake), isMoved ? of.moved : of.before))
    problems.push(`the log says ${isMoved ? 'moved' : 'not moved'}, readers see something else`)
  if (!isMoved) {
    await rollback(lake, asked)
    if (!isDeepStrictEqual(await publicRows(lake), of.moved)) problems.push('asked again, it moves to something else')
  }
  const { runs } = await drop(lake, { paths: thirdDrop(folder.path) })
  if (runs.at(-1)?.status !== 'published') problems.push(`the next drop ends ${runs.at(-1)?.status}`)
  problems.push(...(await problemsAtRest(lake)))
  await lake.close()
  return problems.map((problem) => `write ${death.at} ${death.write} (${of.written[death.at - 1]}): ${problem}`)
}
