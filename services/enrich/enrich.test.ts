import { int, text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { storedColumns } from '@droplake/pipeline/stored-rows'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { ringFor, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'

const items: TableSpec = {
  description: '',
  files: 'items*.csv',
  columns: { item_id: text.required(), order_id: text.optional(), units: int.required() },
  key: ['item_id'],
  dedupe: 'latest',
  kind: 'snapshot',
  enrich: {
    lookups: [
      {
        table: 'orders',
        on: { order_id: 'order_id' },
        take: { ordered_at: 'ordered_at', customer_id: 'customer_id' },
      },
      { table: 'customers', on: { customer_id: 'customer_id' }, take: { country: 'country' } },
    ],
    partition: { name: 'order_month', by: 'month', of: 'ordered_at' },
  },
}
const orders: TableSpec = {
  description: '',
  files: 'orders*.csv',
  columns: { order_id: text.required(), customer_id: text.optional(), ordered_at: timestamp.required() },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'order_month', by: 'month', of: 'ordered_at' },
  enrich: { lookups: [{ table: 'customers', on: { customer_id: 'customer_id' }, take: { country: 'country' } }] },
}
const customers: TableSpec = {
  description: '',
  files: 'customers*.csv',
  columns: { customer_id: text.required(), country: text.optional() },
  key: ['customer_id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const open = () => testLake({ tables: { items, orders, customers } })
const drop = (lake: TestLake, table: string, name: string, lines: string[]) =>
  ringFor(lake, { name, table, bytes: `${lines.join('\n')}\n` })
const dropAll = async (lake: TestLake) => {
  await drop(lake, 'items', 'items.csv', ['item_id,order_id,units', 'i1,o1,1', 'i2,o2,2', 'i3,lost,3', 'i4,,4'])
  await drop(lake, 'orders', 'orders.csv', [
    'order_id,customer_id,ordered_at',
    'o1,c1,2024-01-31 23:59:59',
    'o2,c9,2024-02-01 00:00:00',
  ])
  await drop(lake, 'customers', 'customers.csv', ['customer_id,country', 'c1,BR', 'c2,PT'])
}

/** Cells of the enriched table by partition, rows in the order of their first column. */
async function enriched(lake: TestLake, table: string, names: string[]): Promise<Record<string, unknown[][]>> {
  const found: Record<string, unknown[][]> = {}
  for (const [value, { files }] of Object.entries((await lake.state()).enriched[table]?.partitions ?? {})) {
    const rows: unknown[][] = []
    for (const file of files)
      for await (const cells of storedColumns(lake.store, file, names))
        for (let i = 0; i < (cells[0]?.length ?? 0); i++) rows.push(cells.map((column) => column[i]))
    found[value] = rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  }
  return found
}
const locations = async (lake: TestLake, table: string) =>
  Object.fromEntries(
    Object.entries((await lake.state()).enriched[table]?.partitions ?? {}).map(([value, { location }]) => [
      value,
      location,
    ]),
  )

test('a lookup may use what an earlier one took, and a row that finds nothing stays', async () => {
  const lake = open()
  await dropAll(lake)
  await wholeRun(lake, 'r1')
  expect(await enriched(lake, 'items', ['item_id', 'customer_id', 'country', 'units'])).toEqual({
    '2024-01': [['i1', 'c1', 'BR', 1]],
    '2024-02': [['i2', 'c9', null, 2]],
    unknown: [
      ['i3', null, null, 3],
      ['i4', null, null, 4],
    ],
  })
})

test('a change of a looked-up table rebuilds the enriched ones, and an order that comes late moves its item', async () => {
  const lake = open()
  await dropAll(lake)
  await wholeRun(lake, 'r1')
  await drop(lake, 'orders', 'orders_2.csv', ['order_id,customer_id,ordered_at', 'lost,c2,2024-02-10 00:00:00'])
  await wholeRun(lake, 'r2')
  expect(await enriched(lake, 'items', ['item_id', 'country'])).toEqual({
    '2024-01': [['i1', 'BR']],
    '2024-02': [
      ['i2', null],
      ['i3', 'PT'],
    ],
    unknown: [['i4', null]],
  })
  await drop(lake, 'customers', 'customers_2.csv', ['customer_id,country', 'c1,ES'])
  await wholeRun(lake, 'r3')
  expect((await enriched(lake, 'orders', ['order_id', 'country']))['2024-01']).toEqual([['o1', 'ES']])
})

test('only the partitions that changed are enriched again when no lookup did', async () => {
  const lake = open()
  await dropAll(lake)
  await wholeRun(lake, 'r1')
  const before = await locations(lake, 'orders')
  await drop(lake, 'orders', 'orders_2.csv', ['order_id,customer_id,ordered_at', 'o3,c2,2024-02-10 00:00:00'])
  await wholeRun(lake, 'r2')
  const after = await locations(lake, 'orders')
  expect(after['2024-01']).toBe(before['2024-01'])
  expect(after['2024-02']).not.toBe(before['2024-02'])
})

test('a partition that lost all its rows is gone from the enriched table as well', async () => {
  const lake = open()
  await dropAll(lake)
  await wholeRun(lake, 'r1')
  await drop(lake, 'orders', 'orders_2.csv', ['order_id,customer_id,ordered_at', 'o1,c1,2024-02-02 00:00:00'])
  await wholeRun(lake, 'r2')
  expect(Object.keys(await locations(lake, 'orders'))).toEqual(['2024-02'])
  expect(Object.keys(await locations(lake, 'items')).sort()).toEqual(['2024-02', 'unknown'])
})

test('a run without anything new enriches nothing', async () => {
  const lake = open()
  await dropAll(lake)
  await wholeRun(lake, 'r1')
  const before = (await lake.state()).enriched
  await wholeRun(lake, 'r2')
  expect((await lake.state()).enriched).toEqual(before)
})
