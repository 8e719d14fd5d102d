import { UsageError } from '@droplake/local/usage-error'
import { describe, expect, it } from 'vitest'
import { oneReadingStatement, resolveDatabases, resolveNames } from './sql-text.ts'

describe('a statement that only reads', () => {
  it.each([
    'select 1',
    '(select 1) union select 2',
    'with a as (select 1) select * from a',
    'SHOW tables',
    'describe a.b',
  ])('may be %s', (sql) => {
    expect(oneReadingStatement(`-- a comment; with a semicolon\n${sql} ;\n`)).toMatch(
      new RegExp(`${sql.replace(/[()*]/g, '\\$&')}$`),
    )
  })

  it.each([
    'drop table a.b',
    'create table a as select 1',
    "copy (select 1) to 'x'",
    'with a as (select 1) delete from b',
    'select 1; drop table b',
    'explain insert into a select 1',
    '-- nothing',
    '',
  ])('is not: %s', (sql) => {
    expect(() => oneReadingStatement(sql)).toThrow(UsageError)
  })

  it('may hold a semicolon in a string', () => {
    expect(oneReadingStatement("select ';drop'")).toBe("select ';drop'")
  })
})

describe('short names', () => {
  const resolve = (zone: string, name: string) =>
    zone === 'cleaned' && name === 'orders' ? '"d_cleaned"."orders"' : undefined

  it('get their database wherever they stand, and nothing else changes', () => {
    const sql =
      "select Cleaned.orders.id, 'cleaned.orders', '🙂' from cleaned . orders join x.cleaned.orders /* cleaned.orders */"
    expect(resolveNames(sql, resolve)).toBe(
      `select "d_cleaned"."orders".id, 'cleaned.orders', '🙂' from "d_cleaned"."orders" join x.cleaned.orders /* cleaned.orders */`,
    )
  })

  it('stay when they mean no table of the dataset', () => {
    expect(resolveNames('select cleaned.other from t as cleaned', resolve)).toBe(
      'select cleaned.other from t as cleaned',
    )
  })
})

describe('names of databases', () => {
  const of = { resolve: (name: string) => (name === 'olist_curated' ? 'droplake_dev_olist_curated' : undefined) }

  it('get the stage’s prefix before a dot, quoted or not, and nowhere else', () => {
    const sql = `select olist_curated, 'olist_curated.t' from Olist_Curated.t join "olist_curated"."u" on x.olist_curated.y -- olist_curated.t`
    expect(resolveDatabases(sql, { ...of, alone: false })).toBe(
      `select olist_curated, 'olist_curated.t' from droplake_dev_olist_curated.t join droplake_dev_olist_curated."u" on x.olist_curated.y -- olist_curated.t`,
    )
  })

  it('get it also alone where a listing names one', () => {
    expect(resolveDatabases('show tables in olist_curated', { ...of, alone: true })).toBe(
      'show tables in droplake_dev_olist_curated',
    )
  })

  it('stay when the prefix is written already', () => {
    const sql = 'select 1 from droplake_dev_olist_curated.t'
    expect(resolveDatabases(sql, { ...of, alone: false })).toBe(sql)
  })
})
