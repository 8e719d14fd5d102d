import { expect, test } from 'vitest'
import { didYouMean, nearest } from './did-you-mean.ts'

test.each([
  ['fils', ['key', 'kind', 'files'], 'files'],
  ['order', ['order_items', 'orders'], 'orders'],
  ['qurey', ['quarantine', 'query'], 'query'],
  ['Orders', ['orders'], 'orders'],
  ['order-items', ['orders', 'order_items'], 'order_items'],
  ['tabel', ['lake', 'table'], 'table'],
  ['returned', ['return_id', 'returned_at'], 'returned_at'],
  ['warning', ['error', 'warn'], 'warn'],
  ['lates', ['latest'], 'latest'],
  ['zzz', ['orders', 'customers'], undefined],
  ['frobnicate', ['demo', 'drop', 'doctor'], undefined],
  ['', ['a'], undefined],
  ['orders', [], undefined],
])('%j among %j means %j', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant)
})

test('a question, or what is said otherwise', () => {
  expect(didYouMean('oder', ['order'])).toBe('; did you mean order?')
  expect(didYouMean('zzz', ['order'], '; there is order')).toBe('; there is order')
  expect(didYouMean('x'.repeat(100_000), ['order'])).toBe('')
})
