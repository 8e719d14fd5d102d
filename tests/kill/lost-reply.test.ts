import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { shopScene } from './kill-matrix.ts'
import { dropWithLostReplies } from './lost-reply.ts'

test('a drop of which every create loses its reply publishes the rows of an undisturbed one', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  for (const hit of [() => true, (n: number) => n % 2 === 0]) {
    const { picture, problems, statuses, creates } = await dropWithLostReplies(base.path, hit)
    expect(problems).toEqual([])
    expect(statuses).toEqual(['published'])
    expect(picture).toEqual(of.after)
    expect(creates).toBeGreaterThan(30)
  }
})
