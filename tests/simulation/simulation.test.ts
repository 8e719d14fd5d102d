import { expect, test } from 'vitest'
import { simulate } from './world.ts'

const seeds = 300

test(`${seeds} random schedules lose nothing, double nothing and come to rest`, { timeout: 120_000 }, async () => {
  let operations = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await simulate(seed, { sources: 1 + (seed % 3), executions: 2 + (seed % 4), deaths: seed % 3 })
    expect(outcome.problems, `seed ${seed}`).toEqual([])
    operations += outcome.operations
  }
  expect(operations).toBeGreaterThan(seeds * 50)
})
