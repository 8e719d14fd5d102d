import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { shopScene } from '../kill/kill-matrix.ts'
import { durationOf, killProcesses } from '../kill/sigkill.ts'

const first = 101
const rounds = 15

test(`${rounds} processes that are killed at random moments leave lakes that the next one brings to the same rows`, async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  const withinMs = await durationOf(base.path)
  let killed = 0
  for (let seed = first; seed < first + rounds; seed++) {
    const result = await killProcesses(of, { seed, withinMs })
    expect(result.problems, `seed ${seed}`).toEqual([])
    killed += result.killed
  }
  expect(killed).toBeGreaterThan(rounds / 2)
})
