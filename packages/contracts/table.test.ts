import { describe, expect, test } from 'vitest'
import { date, dateOf, decimal, int, text, timestamp } from './column.ts'
import { defineTable, type TableSpec } from './table.ts'

const good = (): TableSpec => ({
  description: 'orders',
  files: 'orders*.csv',
  columns: {
    order_id: text.required(),
    bought_at: timestamp.required(),
    shipped_at: timestamp.optional(),
    units: int.optional(),
    day: dateOf('bought_at'),
  },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'bought_at' },
})
const withColumns = (columns: TableSpec['columns']) => ({ columns: { ...good().columns, ...columns } })
const unpartitioned = (): TableSpec => {
  const { partition, ...rest } = good()
  return { ...rest, kind: 'snapshot' }
}

test('a table without contradictions comes back as it was declared', () => {
  expect(defineTable(good())).toEqual(good())
  expect(defineTable({ ...unpartitioned(), key: [], dedupe: 'exact' }).key).toEqual([])
  expect(() => defineTable({ ...good(), ...withColumns({ sold_on: date.required() }) })).not.toThrow()
})

describe('a contradiction is refused with the pattern of the file in the message:', () => {
  const contradictions: [string, Partial<TableSpec>, string][] = [
    ['a column in upper case', withColumns({ Units: int.optional() }), 'got Units'],
    ['a column in the place of lineage', withColumns({ _run_id: text.optional() }), 'got _run_id'],
    ['a key column that does not exist', { key: ['id'] }, 'key column id'],
    ['a key column that may be empty', { key: ['order_id', 'units'] }, 'key column units'],
    ['a derived key column', { key: ['day'] }, 'key column day'],
    ['no key to dedupe by', { key: [] }, 'needs a key'],
    ['dedupe by a column that does not exist', { dedupe: { greatest: 'version' } }, 'version: no such column'],
    ['a partition of a column that may be empty', { partition: { name: 'm', by: 'day', of: 'shipped_at' } }, 'shipped'],
    ['a partition of a text', { partition: { name: 'm', by: 'day', of: 'order_id' } }, 'partition by order_id'],
    ['a partition of nothing', { partition: { name: 'm', by: 'day', of: 'nowhere' } }, 'partition by nowhere'],
    ['a partition named as a column', { partition: { name: 'units', by: 'day', of: 'bought_at' } }, 'as well'],
    ['a date derived from a text', withColumns({ other: dateOf('order_id') }), 'not a timestamp column'],
    ['a date derived from nothing', withColumns({ other: dateOf('nowhere') }), 'derived from nowhere: no such column'],
  ]
  test.each(contradictions)('%s', (_, change, message) => {
    const define = () => defineTable({ ...good(), ...change })
    expect(define).toThrow(message)
    expect(define).toThrow('contracts: orders*.csv: ')
  })

  test('events without a partition', () => {
    expect(() => defineTable({ ...unpartitioned(), kind: 'append' })).toThrow('needs a partition')
  })
})

test('a decimal has 1 to 18 digits and its scale within them', () => {
  expect(decimal(18, 18).required().type).toEqual({ kind: 'decimal', precision: 18, scale: 18 })
  for (const [precision, scale] of [
    [19, 2],
    [0, 0],
    [4, 5],
    [4, -1],
  ] as const)
    expect(() => decimal(precision, scale), `decimal(${precision},${scale})`).toThrow(`got decimal(${precision}`)
})
