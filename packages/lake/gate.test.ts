import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { gate } from './gate.ts'

it('lets no more work begin than it has places, in order of arrival', async () => {
  const { through } = gate(2)
  const begun: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const all = ends.map(({ promise }, n) =>
    through(async () => {
      begun.push(n)
      await promise
    }),
  )
  await turn()
  expect(begun).toEqual([0, 1])
  ends[1]?.resolve()
  await turn()
  expect(begun).toEqual([0, 1, 2])
  for (const { resolve } of ends) resolve()
  await Promise.all(all)
  expect(begun).toEqual([0, 1, 2, 3, 4])
})

it('gives a place back when work fails', async () => {
  const { through } = gate(1)
  const failing = Array.from({ length: 3 }, () => through(() => Promise.reject(new Error('failed'))))
  expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(Array(3).fill('rejected'))
  expect(await through(async () => 'done')).toBe('done')
})
