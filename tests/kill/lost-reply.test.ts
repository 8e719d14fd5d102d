import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { undisturbed } from './kill-matrix.ts'
import { dropWithLostReplies } from './lost-reply.ts'

test('a drop of which every create loses its reply publishes the rows of an undisturbed one', async () => {
  using base = temporaryFolder()
  using other = temporaryFolder()
  const of = await undisturbed(base.path, other.path)
  for (const hit of [() => true, (n: number) => n % 2 === 0, (n: number) => n % 2 === 1]) {
    const { picture, problems, statuses, creates } = await dropWithLostReplies(base.path, hit)
    expect(problems).toEqual([])
    expect(statuses).toEqual(['published'])
    expect(picture).toEqual(of.after)
    expect(creates).toBeGreaterThan(30)
  }
})
