import { expect, test } from 'vitest'
import { isItsOwn } from './decide.ts'
import { explainLoss } from './explain-loss.ts'

test.each([
  ['Sandbox.Timedout', /raw\/d\/big\.csv: .* ran out of time .* more memory/],
  ['States.Timeout', /ran out of time/],
  ['Runtime.ExitError', /out of memory/],
  ['Lambda.Unknown', /out of memory/],
])('%s names the file and what to change, and counts against the file', (error, text) => {
  expect(explainLoss(error, 'raw/d/big.csv')).toMatch(text)
  expect(isItsOwn(error)).toBe(true)
})

test('any other error speaks for itself', () => {
  expect(explainLoss('TypeError', 'raw/d/big.csv')).toBe('TypeError')
})
