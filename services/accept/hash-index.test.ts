import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHashIndex } from './hash-index.ts'

test('it answers as a Map does, whichever hashes collide', () => {
  const hash = fc.oneof(
    fc.bigInt(-8n, 8n),
    fc.bigInt(-8n, 8n).map((low) => low << 40n),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  )
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 40 }), fc.array(hash, { maxLength: 10 }), (added, asked) => {
      const index = createHashIndex(added.length)
      const model = new Map<bigint, number>()
      for (const [value, one] of added.entries()) {
        if (!model.has(one)) model.set(one, value)
        expect(index.add(one, value)).toBe(model.get(one))
      }
      for (const one of [...added, ...asked]) expect(index.find(one)).toBe(model.get(one))
    }),
    { seed: 1, numRuns: 200 },
  )
})
