import { setTimeout as sleep } from 'node:timers/promises'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import { openShop, orders, rows, temporaryFolder } from '../e2e/shop.ts'
import { randomOf } from '../simulation/schedule.ts'
import { logOf, type Picture, problemsAtRest, workingRows } from './examine.ts'
import { interceptedStore } from './intercepted-store.ts'
import { linkLake } from './scenario.ts'

/** What the two drop: they agree in no key, and each corrects a stored order. */
const files = (path: string) => [
  orders(path, 'orders-left.csv', [
    ['o00', 'c0', '2026-01-10 10:00:00', '50.00'],
    ['left', 'c1', '2026-02-05 10:00:00', '1.00'],
  ]),
  orders(path, 'orders-right.csv', [
    ['o21', 'c1', '2026-03-11 10:00:00', '60.00'],
    ['right', 'c2', '2026-02-06 10:00:00', '2.00'],
  ]),
]

/** All of what is public in one statement, so of one state of the catalog. */
const wholeness = `
  select (select count(*) from shop_curated.fact_orders),
    (select sum(amount) from shop_curated.fact_orders),
    (select sum(orders) from shop_curated.mart_revenue),
    (select sum(revenue) from shop_curated.mart_revenue),
    (select count(*) from shop_curated.fact_orders o
      where not exists (select 1 from shop_curated.dim_customer c where c.customer_id = o.customer_id))`

/** The rows of the two drops one after the other. */
export async function oneAfterTheOther(base: string): Promise<Picture> {
  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const lake = await openShop(folder.path)
  for (const path of files(folder.path)) await drop(lake, { paths: [path] })
  const working = await workingRows(lake)
  await lake.close()
  return working
}

/**
 * Two lakes over one folder drop at once, each slow at random, and each taking the other for dead the first times that it
 * asks; a third reads all the while. Returns the rows, how often a run was taken over, and what went wrong.
 */
export async function twoHolders(base: string, seed: number) {
  using folder = temporaryFolder()
  linkLake(base, folder.path)
  const random = randomOf(seed)
  const problems: string[] = []
  const open = async () => {
    const lake = await openShop(folder.path, {
      wrapStore: (store) =>
        interceptedStore(store, async (_, go) => {
          if (random() < 0.2) await sleep(random() * 8)
          return go()
        }),
    })
    let mistakes = 3
    const { alive } = lake.fx.executions
    lake.fx.executions.alive = async (holder) => (mistakes-- > 0 ? false : alive(holder))
    return lake
  }
  const lakes = [await open(), await open()]
  const reader = await openShop(folder.path)
  const reading = new AbortController()
  const read = watch(reader, reading.signal, problems)
  await Promise.all(
    files(folder.path).map((path, n) => drop(lakes[n] as Lake, { paths: [path] }).catch(() => undefined)),
  )
  for (const lake of lakes) await lake.close()
  reading.abort()
  await read
  await runPending(reader, 'shop')
  problems.push(...(await problemsAtRest(reader)))
  const log = await logOf(reader)
  const begun = log.filter(({ kind }) => kind === 'begin').length
  const ended = log.filter(({ kind }) => kind === 'end').length
  const working = await workingRows(reader)
  await reader.close()
  return { working, takeovers: begun - ended, problems }
}

async function watch(lake: Lake, signal: AbortSignal, problems: string[]): Promise<void> {
  let last = 0
  while (!signal.aborted) {
    const [found = []] = await rows(lake, wholeness).catch((error: unknown) => {
      problems.push(`a reader failed: ${error instanceof Error ? error.message : String(error)}`)
      return []
    })
    const [orders, amount, counted, revenue, orphans] = found.map(Number) as [number, number, number, number, number]
    if (orders !== counted || amount !== revenue) problems.push(`a reader saw ${found.join(', ')}`)
    // One customer of the first drop is not known yet.
    if (orphans !== 3) problems.push(`a reader saw ${orphans} orders without their customer`)
    if (orders < last) problems.push(`a reader saw ${last} orders, then ${orders}`)
    last = orders
    await sleep(20)
  }
}
