import { expect, test } from 'vitest'
import { temporaryFolder } from '../e2e/shop.ts'
import { shopScene } from './kill-matrix.ts'
import { durationOf, killProcesses } from './sigkill.ts'

test('a process that is killed at any moment leaves a lake that the next one brings to the same rows', async () => {
  using base = temporaryFolder()
  const of = await shopScene(base.path)
  const withinMs = await durationOf(base.path)
  const { killed, problems } = await killProcesses(of, { seed: 1, withinMs })
  expect(problems).toEqual([])
  expect(killed).toBeGreaterThan(0)
})
