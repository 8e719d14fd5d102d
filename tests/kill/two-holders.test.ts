import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { baseLake } from './scenario.ts'
import { oneAfterTheOther, twoHolders } from './two-holders.ts'

const rounds = 4

test('two processes that take each other for dead take every file once, and no reader sees it', async () => {
  using base = temporaryFolder()
  await baseLake(base.path)
  const expected = await oneAfterTheOther(base.path)
  let takeovers = 0
  for (let seed = 1; seed <= rounds; seed++) {
    const round = await twoHolders(base.path, seed)
    expect(round.problems, `seed ${seed}`).toEqual([])
    expect(round.working, `seed ${seed}`).toEqual(expected)
    takeovers += round.takeovers
  }
  expect(takeovers).toBeGreaterThan(0)
})
