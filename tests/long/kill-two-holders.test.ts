import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { baseLake } from '../kill/scenario.ts'
import { oneAfterTheOther, twoHolders } from '../kill/two-holders.ts'

const first = 101
const rounds = 15

test(`${rounds} further rounds of two processes that take each other for dead end in the same rows`, async () => {
  using base = temporaryFolder()
  await baseLake(base.path)
  const expected = await oneAfterTheOther(base.path)
  let takeovers = 0
  for (let seed = first; seed < first + rounds; seed++) {
    const round = await twoHolders(base.path, seed)
    expect(round.problems, `seed ${seed}`).toEqual([])
    expect(round.working, `seed ${seed}`).toEqual(expected)
    takeovers += round.takeovers
  }
  expect(takeovers).toBeGreaterThan(rounds / 2)
})
