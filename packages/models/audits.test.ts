import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { judgeAudits, renderAudits } from './audits.ts'
import type { Audit } from './model.ts'
import { qualifiedName } from './quote.ts'
import { type Duck, openDuck } from './testing/duckdb.ts'
import { modelOf } from './testing/model.ts'

const audits: Audit[] = [
  { name: 'unique(a, b)', severity: 'error', kind: 'unique', columns: ['a', 'b'] },
  { name: 'not_null(a)', severity: 'error', kind: 'not_null', column: 'a' },
  {
    name: 'relationships(b -> dim.id)',
    severity: 'warn',
    kind: 'relationships',
    column: 'b',
    to: { zone: 'curated', name: 'dim', column: 'id' },
  },
  { name: 'no_fall(50%)', severity: 'error', kind: 'no_fall', percent: 50 },
]
const model = modelOf('fact', ['cleaned.x'], { audits })
const names = (zone: string, name: string) => qualifiedName(zone, name)

let duck: Duck
beforeEach(async () => {
  duck = await openDuck()
  await duck.run('create schema build')
  await duck.run('create schema curated')
  await duck.run('create table build.fact__1 (a varchar, b integer)')
  await duck.run('create table curated.dim (id integer)')
})
afterEach(() => duck.close())

const audit = async (previousRows?: number) => {
  const { sql, rules } = renderAudits({ model, table: '"build"."fact__1"', names })
  const [row, ...more] = await duck.athena(sql)
  expect(more).toEqual([])
  const values = row!.map((value) => (typeof value === 'bigint' ? String(value) : value))
  const { results, rows } = judgeAudits({ rules, row: values, ...(previousRows === undefined ? {} : { previousRows }) })
  return { failing: Object.fromEntries(results.map((result) => [result.rule, result.failing])), results, rows }
}

describe('audits of a built model', () => {
  test('count the rows too many of a key, nulls, and ids that no target row has', async () => {
    await duck.run(
      "insert into build.fact__1 values ('x', 1), ('x', 1), ('x', 1), ('y', 2), (null, 9), (null, 9), ('z', null)",
    )
    await duck.run('insert into curated.dim values (1), (1), (2), (null)')
    const { failing, rows, results } = await audit()
    expect(failing).toEqual({
      'unique(a, b)': 3,
      'not_null(a)': 2,
      'relationships(b -> dim.id)': 2,
      'no_fall(50%)': 0,
    })
    expect(rows).toBe(7)
    expect(results[2]).toEqual({
      rule: 'relationships(b -> dim.id)',
      table: 'fact',
      severity: 'warn',
      status: 'fail',
      failing: 2,
    })
  })

  test('pass over an empty first version', async () => {
    const { results, rows } = await audit()
    expect(results.map((result) => result.status)).toEqual(['pass', 'pass', 'pass', 'pass'])
    expect(rows).toBe(0)
  })

  test('a fall by exactly the limit passes, by one row more it fails with the rows that went', async () => {
    await duck.run("insert into build.fact__1 select 'k' || i, null from range(5) t(i)")
    expect((await audit(10)).failing['no_fall(50%)']).toBe(0)
    expect((await audit(11)).failing['no_fall(50%)']).toBe(6)
  })

  test('read columns and tables of any name', async () => {
    await duck.run('create table build."t""; drop table x" ("a"" b" varchar)')
    await duck.run(`insert into build."t""; drop table x" values ('1'), ('1')`)
    const strange = modelOf('strange', [], {
      audits: [{ name: 'unique', severity: 'error', kind: 'unique', columns: ['a" b'] }],
    })
    const { sql } = renderAudits({ model: strange, table: qualifiedName('build', 't"; drop table x'), names })
    expect((await duck.athena(sql)).map((row) => row.map(Number))).toEqual([[1, 2]])
  })
})

test('an answer that does not fit the audits is an error', () => {
  const { rules } = renderAudits({ model, table: 't', names })
  expect(() => judgeAudits({ rules, row: [0, 0, 3] })).toThrow('4 audits answer 5 values, got 3')
  expect(() => judgeAudits({ rules, row: [null, 0, 0, 0, 3] })).toThrow(
    'the count of unique(a, b) must be a whole number',
  )
})
