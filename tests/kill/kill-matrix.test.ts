import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { everyDeath, shopScene } from './kill-matrix.ts'
import type { Death } from './mortal.ts'

const every = 6

test('a drop that dies at one of its writes is made up for by the next run', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  // Every write, and both ways to die at it, are tried by the long tests.
  const deaths = of.written.flatMap((_, n): [Death][] =>
    n % every === 0 ? [[{ at: n + 1, write: n % (2 * every) === 0 ? 'done' : 'undone' }]] : [],
  )
  const { wrong, reached } = await everyDeath(of, deaths)
  expect(wrong).toEqual([])
  expect(reached).toBe(deaths.length)
})

test('a drop that dies, and whose heirs die one after the other, is made up for by the last', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  const { wrong } = await everyDeath(of, [
    [
      { at: 38, write: 'done' },
      { at: 4, write: 'done' },
      { at: 9, write: 'undone' },
    ],
  ])
  expect(wrong).toEqual([])
})
