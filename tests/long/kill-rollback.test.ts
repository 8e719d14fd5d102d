import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { killRollback, undisturbedRollback } from '../kill/rollback.ts'

test('a rollback that dies at any of its writes has happened or has not, as the log says, for every reader and run after', async () => {
  using base = temporaryFolder()
  const of = await undisturbedRollback(base.path)
  expect(of.written.length).toBeGreaterThan(4)
  for (const write of ['done', 'undone'] as const) {
    const deaths = of.written.map((_, n) => killRollback(of, { at: n + 1, write }))
    expect((await Promise.all(deaths)).flat()).toEqual([])
  }
})
