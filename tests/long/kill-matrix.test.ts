import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { everyDeath, type Undisturbed, undisturbed } from '../kill/kill-matrix.ts'
import type { Death } from '../kill/mortal.ts'

/** Beyond the last write of an undisturbed drop: there nobody dies any more. */
const beyond = 5

async function matrix(death: (at: number) => Death): Promise<{ of: Undisturbed; wrong: string[]; reached: number }> {
  using base = temporaryFolder()
  using other = temporaryFolder()
  const of = await undisturbed(base.path, other.path)
  const deaths = Array.from({ length: of.written.length + beyond }, (_, n) => death(n + 1))
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
