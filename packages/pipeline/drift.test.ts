import { int, text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { expect, test } from 'vitest'
import { findDrift, newShapes } from './drift.ts'
import type { LakeState } from './lake-state.ts'
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

const loaded = (key = 'raw/d/orders.csv', records = 3) => ({ key, table: 'orders', records })

test('a file with the columns of its contract is no drift, whatever their order, case and punctuation', () => {
  expect(findDrift(dataset, crawled(['note', 'number of items', 'ORDER ID']), [loaded()])).toEqual([])
})

test('columns that came are counted, and columns that went are named', () => {
  expect(findDrift(dataset, crawled(['order_id', 'number_of_items', 'Ana Maria']), [loaded()])).toEqual([
    { table: 'orders', key: 'raw/d/orders.csv', files: 1, records: 3, dropped: 1, nulled: ['note'] },
  ])
})

test('a table named by its folder is found as well', () => {
  const files = [loaded('raw/d/orders/1.csv'), loaded('raw/d/orders/2.csv', 4), loaded('raw/d/orders-old.csv')]
  expect(findDrift(dataset, crawled(['order_id'], 'raw/d/orders/'), files)).toMatchObject([
    { files: 2, records: 7, nulled: ['items', 'note'] },
  ])
})

test('files of earlier runs are no news, whatever the contract says of them by now', () => {
  expect(findDrift(dataset, crawled(['order_id']), [loaded('raw/d/orders-new.csv')])).toEqual([])
})

test('what no contract takes is left out, and a file whose header may be a row', () => {
  expect(findDrift(dataset, crawled(['Ana Maria', 'BR', '7']), [loaded()])).toEqual([])
  expect(findDrift(dataset, crawled(['a', 'b'], 'raw/d/unknown.csv'), [loaded()])).toEqual([])
  expect(findDrift(dataset, crawled(['col0', 'col1', 'partition_0']), [loaded()])).toEqual([])
})

test('a shape is news in the run that brings it first, and for each table by itself', () => {
  const source = (run: string, shape: string, table = 'orders') => ({ run, shape, table, outcome: 'taken' })
  const first = { a: source('r1', 'old') }
  const second = { ...first, b: source('r2', 'old'), c: source('r2', 'new'), d: source('r2', 'old', 'items') }
  const third = { ...second, e: source('r3', 'new'), f: { ...source('r3', 'worse'), outcome: 'set_aside' } }
  const shapes = (sources: object, run: string) =>
    newShapes({ sources } as LakeState, run).map(({ table, shape }) => `${table} ${shape}`)
  expect(shapes(first, 'r1')).toEqual(['orders old'])
  expect(shapes(second, 'r2')).toEqual(['orders new', 'items old'])
  expect(shapes(third, 'r3')).toEqual([])
})
