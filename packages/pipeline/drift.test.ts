import { int, text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { expect, test } from 'vitest'
import { findDrift } from './drift.ts'
import { datasetWith } from './testing/test-lake.ts'

const orders: TableSpec = {
  description: 'orders',
  files: 'orders*.csv',
  columns: { order_id: text.required(), items: int.optional({ header: 'Number of Items' }), note: text.optional() },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const dataset = datasetWith({ orders })
const crawled = (names: string[], key = 'raw/d/orders.csv') => [
  { name: 'orders_csv', key, columns: names.map((name) => ({ name, type: 'string' })) },
]

test('a file with the columns of its contract is no drift, whatever their order, case and punctuation', () => {
  expect(findDrift(dataset, crawled(['note', 'number of items', 'ORDER ID']))).toEqual([])
})

test('columns that came and columns that went are named', () => {
  expect(findDrift(dataset, crawled(['order_id', 'number_of_items', 'channel']))).toEqual([
    { table: 'orders', key: 'raw/d/orders.csv', added: ['channel'], missing: ['note'] },
  ])
})

test('a table named by its folder is found as well', () => {
  expect(findDrift(dataset, crawled(['order_id'], 'raw/d/orders/'))[0]?.missing).toEqual(['items', 'note'])
})

test('what no contract takes is left out, and a file whose header may be a row: its cells go into no alert', () => {
  expect(findDrift(dataset, crawled(['Ana Maria', 'BR', '7']))).toEqual([])
  expect(findDrift(dataset, crawled(['a', 'b'], 'raw/d/unknown.csv'))).toEqual([])
  expect(findDrift(dataset, crawled(['col0', 'col1', 'partition_0']))).toEqual([])
  expect(findDrift(dataset, crawled(['column0', 'column1']))).toEqual([])
})
