import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { shopScene } from '../kill/kill-matrix.ts'
import { dropWithLostReplies } from '../kill/lost-reply.ts'

test('a drop of which any one create loses its reply publishes the rows of an undisturbed one', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  let at = 1
  for (let creates = 1; at <= creates; at++) {
    const result = await dropWithLostReplies(base.path, (n) => n === at)
    expect(result.problems, `create ${at}`).toEqual([])
    expect(result.statuses, `create ${at}`).toEqual(['published'])
    expect(result.picture, `create ${at}`).toEqual(of.after)
    creates = result.creates
  }
  expect(at).toBeGreaterThan(40)
})
