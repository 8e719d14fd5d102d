import { expect, test } from 'vitest'
import { fewWarnings } from './step-records.ts'

const warnings = (count: number) => Array.from({ length: count }, (_, n) => `warning ${n}`)

test('twenty warnings of a source are kept, and the others counted, however often they are put together', () => {
  expect(fewWarnings(warnings(20))).toEqual(warnings(20))
  const few = fewWarnings(warnings(65_534))
  expect(few).toEqual([...warnings(20), '… and 65514 more'])
  expect(fewWarnings(few)).toEqual(few)
  expect(fewWarnings([...few, ...few]).at(-1)).toBe('… and 131048 more')
  expect(fewWarnings([...few, ...few])).toHaveLength(21)
})
