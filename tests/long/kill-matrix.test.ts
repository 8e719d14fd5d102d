import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { everyDeath, shopScene } from '../kill/kill-matrix.ts'
import type { Death } from '../kill/mortal.ts'
import { randomOf } from '../simulation/schedule.ts'

/** Beyond the last write of an undisturbed drop: there nobody dies any more. */
const beyond = 5

async function matrix(death: (at: number) => Death) {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  const deaths = Array.from({ length: of.written.length + beyond }, (_, n): [Death] => [death(n + 1)])
  return { of, ...(await everyDeath(of, deaths)) }
}

test('a process that dies just after any write, its reply lost, is recovered from', async () => {
  const { of, wrong, reached } = await matrix((at) => ({ at, write: 'done' }))
  expect(wrong).toEqual([])
  expect(reached).toBeGreaterThanOrEqual(of.written.length)
})

test('a process that dies just before any write is recovered from', async () => {
  const { of, wrong, reached } = await matrix((at) => ({ at, write: 'undone' }))
  expect(wrong).toEqual([])
  expect(reached).toBeGreaterThanOrEqual(of.written.length)
})

test('a process that goes on after any one write was done and answered with an error ends in the same rows', async () => {
  const { wrong } = await matrix((at) => ({ at, write: 'done', survived: true }))
  expect(wrong).toEqual([])
})

test('a process that goes on after any one write failed ends in the same rows', async () => {
  const { wrong } = await matrix((at) => ({ at, write: 'undone', survived: true }))
  expect(wrong).toEqual([])
})

test('heirs that die themselves are recovered from', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  const random = randomOf(11)
  const death = (): Death => ({
    at: 4 + Math.floor(random() * (of.written.length - 4)),
    write: random() < 0.5 ? 'done' : 'undone',
  })
  const deaths = Array.from({ length: 40 }, (_, n): [Death, ...Death[]] =>
    n % 2 === 0 ? [death(), death()] : [death(), death(), death()],
  )
  const { wrong } = await everyDeath(of, deaths)
  expect(wrong).toEqual([])
})
