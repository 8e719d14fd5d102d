import { drop } from '@droplake/local/drop'
import { openShop, temporaryFolder } from '../e2e/shop.ts'
import { pictureOf, problemsAtRest } from './examine.ts'
import { type Intercept, interceptedStore } from './intercepted-store.ts'
import { linkLake, secondDrop } from './scenario.ts'

/**
 * Every conditional create that `hit` names (counted from 1) is done, its reply is lost, and it is asked again, as an SDK
 * does: the answer is that the object exists.
 */
function repeatingCreates(hit: (n: number) => boolean): { intercept: Intercept; creates: () => number } {
  let creates = 0
  const intercept: Intercept = async ({ kind }, go) => {
    if (kind !== 'create' || !hit(++creates)) return go()
    await go()
    return go()
  }
  return { intercept, creates: () => creates }
}

/** The second drop over such a store: the pictures after it, its runs' statuses, and what is wrong. */
export async function dropWithLostReplies(base: string, hit: (n: number) => boolean) {
  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const { intercept, creates } = repeatingCreates(hit)
  const lake = await openShop(folder.path, { wrapStore: (store) => interceptedStore(store, intercept) })
  const { runs } = await drop(lake, { paths: secondDrop(folder.path) })
  await lake.close()
  const calm = await openShop(folder.path)
  const result = { picture: await pictureOf(calm), problems: await problemsAtRest(calm) }
  await calm.close()
  return { ...result, statuses: runs.map(({ status }) => status), creates: creates() }
}
