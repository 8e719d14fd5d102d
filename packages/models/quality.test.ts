import { decimal, int, text } from '@droplake/contracts/column'
import { builtIn } from '@droplake/contracts/registry'
import { defineTable, type Table } from '@droplake/contracts/table'
import { describe, expect, test } from 'vitest'
import { judgeQuality, renderQuality } from './quality.ts'
import { openDuck } from './testing/duckdb.ts'
import { type GivenRow, openModelLake } from './testing/model-lake.ts'

const failingOf = async (table: string, rows: GivenRow[]) => {
  const lake = await openModelLake('olist', { [table]: rows })
  try {
    const { sql, rules } = renderQuality(builtIn.olist!.tables[table]!, `"cleaned"."${table}"`)
    const answer = await lake.duck.athena(sql)
    expect(answer).toHaveLength(1)
    const results = judgeQuality(rules, answer[0]!.map(String))
    expect(results.every((result) => result.table === table)).toBe(true)
    return { results, failing: results.filter((result) => result.status === 'fail') }
  } finally {
    lake.duck.close()
  }
}
const find = (results: { rule: string; failing: number }[]) =>
  Object.fromEntries(results.map(({ rule, failing }) => [rule, failing]))

describe('quality of a cleaned table', () => {
  test('good rows pass every rule of the contract', async () => {
    const { results, failing } = await failingOf('orders', [
      { order_id: 'o1', order_status: 'delivered', order_delivered_customer_date: '2018-02-01 00:00:00' },
      { order_id: 'o2', order_status: 'created' },
    ])
    expect(failing).toEqual([])
    expect(results.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
      'unique(order_id) error',
      'not_null(order_id) error',
      'not_null(customer_id) error',
      'not_null(order_status) error',
      'accepted(order_status) error',
      'not_null(order_purchase_timestamp) error',
      'carrier_not_before_purchase warn',
      'delivered_not_before_carrier warn',
      'delivered_has_a_date warn',
    ])
  })

  test('counts failing rows by rule; a rule that is null for a row passes', async () => {
    const { failing } = await failingOf('orders', [
      { order_id: 'o1', order_status: 'delivered' },
      { order_id: 'o1', order_status: 'lost' },
      { order_id: 'o1', order_status: 'created', order_delivered_carrier_date: '2018-01-15 11:59:59.999' },
      { order_id: 'o2', order_status: null, customer_id: null },
    ])
    expect(find(failing)).toEqual({
      'unique(order_id)': 2,
      'not_null(customer_id)': 1,
      'not_null(order_status)': 1,
      'accepted(order_status)': 1,
      carrier_not_before_purchase: 1,
      delivered_has_a_date: 1,
    })
  })

  test('bounds are inclusive', async () => {
    const bad = { order_id: 'o2', order_item_id: 0, price: '-0.01', freight_value: '0.00' }
    const { failing } = await failingOf('order_items', [
      { ...bad, order_id: 'o1', order_item_id: 1, price: '0.00' },
      bad,
    ])
    expect(find(failing)).toEqual({ 'min(order_item_id)': 1, 'min(price)': 1 })
    const scores = [1, 5, 6, 0].map((review_score, index) => ({ review_id: `r${index}`, review_score }))
    expect(find((await failingOf('order_reviews', scores)).failing)).toEqual({
      'min(review_score)': 1,
      'max(review_score)': 1,
    })
  })

  test('a table without a key that is deduplicated exactly must not repeat a row', async () => {
    const point = { geolocation_zip_code_prefix: '01037', geolocation_lat: -23.5, geolocation_lng: -46.6 }
    const { failing } = await failingOf('geolocation', [point, point, { ...point, geolocation_city: 'são paulo' }])
    expect(failing.map(({ rule, failing: rows }) => [rule.slice(0, 7), rows])).toEqual([['unique(', 1]])
  })

  test('an empty table passes', async () => {
    for (const table of Object.keys(builtIn.olist!.tables)) expect((await failingOf(table, [])).failing).toEqual([])
  })
})

test('names and values of any kind stay names and values, and a commented expression stays one', async () => {
  const table: Table = {
    name: 'odd',
    dataset: 'test',
    ...defineTable({
      description: 'odd',
      files: 'odd.csv',
      columns: {
        id: int.required({ min: -1, max: 2 ** 31 - 1 }),
        kind: text.optional({ accepted: ["it's", "') or (1=1"] }),
      },
      key: [],
      dedupe: 'none',
      kind: 'snapshot',
      rules: [{ name: 'commented', severity: 'warn', expect: 'id < 10 or id > 20 -- or so' }],
    }),
  }
  const duck = await openDuck()
  await duck.run('create table "a""b; drop" (id integer, kind varchar)')
  await duck.run(`insert into "a""b; drop" values (1, 'it''s'), (15, ''') or (1=1'), (-2, 'x'), (null, null)`)
  const { sql, rules } = renderQuality(table, '"a""b; drop"')
  const [row] = await duck.athena(sql)
  duck.close()
  expect(find(judgeQuality(rules, row!.map(Number)))).toEqual({
    'not_null(id)': 1,
    'min(id)': 1,
    'max(id)': 0,
    'accepted(kind)': 1,
    commented: 1,
  })
})

test('a table without any rule gives a query of one row', async () => {
  const spec = {
    description: 'x',
    files: 'x.csv',
    columns: { a: text.optional() },
    key: [] as const,
    kind: 'snapshot' as const,
  }
  const { sql, rules } = renderQuality({ ...defineTable({ ...spec, dedupe: 'none' }), name: 'x', dataset: 't' }, 'x')
  const duck = await openDuck()
  await duck.run('create table x (a varchar)')
  expect(judgeQuality(rules, (await duck.athena(sql))[0]!)).toEqual([])
  duck.close()
})

test('a bound of what is no number is an error', () => {
  const spec = {
    description: 'x',
    files: 'x.csv',
    key: [] as const,
    dedupe: 'none' as const,
    kind: 'snapshot' as const,
  }
  const bounded = (columns: Table['columns']) => () => renderQuality({ ...spec, columns, name: 'x', dataset: 't' }, 'x')
  expect(bounded({ a: text.optional({ min: 1 }) })).toThrow('models: x.a: min and max bound numbers, got 1 for text')
  expect(bounded({ a: decimal(5, 2).optional({ max: Number.NaN }) })).toThrow('got NaN for decimal')
})
