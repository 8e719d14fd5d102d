import { memoryStore } from '@droplake/lake/memory-store'
import { expect, test } from 'vitest'
import { explain, findFailure, isItsOwn, recordFailure } from './failures.ts'

test.each([
  ['Sandbox.Timedout', /raw\/d\/big\.csv: .* ran out of time .* more memory/],
  ['States.Timeout', /ran out of time/],
  ['Runtime.ExitError', /out of memory/],
  ['Lambda.Unknown', /out of memory/],
])('%s names the file and what to change, and counts against the file', (name, text) => {
  expect(explain({ name, message: '' }, { step: 'Clean', of: 'raw/d/big.csv' })).toMatch(text)
  expect(isItsOwn(name)).toBe(true)
})

test('any other error speaks for itself', () => {
  const of = { step: 'Dedupe', of: 't' } as const
  expect(explain({ name: 'TypeError', message: 'clean: x is no number' }, of)).toBe('clean: x is no number')
  expect(explain({ name: 'TypeError', message: '' }, of)).toBe('TypeError')
})

test('a failure is recorded once, with the name and the message that the state machine saw', async () => {
  const store = memoryStore()
  const call = { step: 'Dedupe', table: 't', item: 3 } as const
  expect(await findFailure(store, 'r1', call)).toEqual({ name: 'Lambda.NoAnswer', message: '' })
  const Cause = JSON.stringify({ errorType: 'TypeError', errorMessage: 'clean: x is no number', trace: [] })
  await recordFailure(store, 'r1', call, { Error: 'TypeError', Cause })
  await recordFailure(store, 'r1', call, { Error: 'Late' })
  expect(await findFailure(store, 'r1', call)).toEqual({ name: 'TypeError', message: 'clean: x is no number' })
})

test.each(['AccessDenied', 'ThrottlingException', 'EACCES', 'Lambda.NoAnswer', 'DamagedObject', 'LayoutRefused'])(
  'no file is to blame for %s',
  (name) => expect(isItsOwn(name)).toBe(false),
)
