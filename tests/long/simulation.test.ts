import { expect, test } from 'vitest'
import { simulate } from '../simulation/world.ts'

const first = 10_001
const seeds = 2_000

test(`${seeds} further random schedules, with more deaths, lose nothing and double nothing`, async () => {
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await simulate(seed, { sources: 1 + (seed % 4), executions: 3 + (seed % 5), deaths: seed % 5 })
    expect(outcome.problems, `seed ${seed}`).toEqual([])
  }
})
