import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import { openLake } from '@droplake/local/lake'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { everyDeath, type Scene, undisturbed } from '../kill/kill-matrix.ts'
import type { Death } from '../kill/mortal.ts'

const minutes = 1

/** All numbers below `count`, spread so that any first few of them lie all over it. */
function spread(count: number): number[] {
  const golden = (n: number) => (n * 0.618_033_988_749_895) % 1
  return Array.from({ length: count }, (_, n) => n).sort((a, b) => golden(a) - golden(b))
}

test(`as many deaths of a first drop of Olist files with clickstream as ${minutes} minutes allow are recovered from`, async () => {
  using data = temporaryFolder()
  await generateOlistWithClickstream(data.path, { orders: 30, seed: 5, defects: 0.05, conversionRate: 0.6 })
  const files = readdirSync(data.path)
    .sort()
    .map((name) => join(data.path, name))
  const scene: Scene = {
    dataset: 'olist',
    files: () => files,
    open: (path, options) =>
      openLake({
        folder: join(path, 'lake'),
        notifier: { notify: async () => {} },
        workers: 0,
        sync: false,
        settings: { settleSeconds: 0 },
        ...options,
      }),
  }
  const of = await undisturbed(scene)
  expect(Object.keys(of.after.shown).length).toBeGreaterThan(5)
  expect(of.after.shown.fact_orders?.length).toBeGreaterThan(0)
  const deaths = spread(of.written.length).map((n, turn): [Death] => [
    { at: n + 1, write: turn % 2 === 0 ? 'done' : 'undone' },
  ])
  const { wrong, reached, left } = await everyDeath(of, deaths, { ms: minutes * 60_000, atOnce: 3 })
  console.log(`killed ${reached} drops; ${left} of ${deaths.length} writes not tried`)
  expect(wrong).toEqual([])
  expect(reached).toBeGreaterThan(5)
})
