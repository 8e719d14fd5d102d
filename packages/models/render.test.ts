import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { partitionValues, renderCreateTableAs, renderPartitionValues, renderSelect } from './render.ts'
import { type Duck, openDuck } from './testing/duckdb.ts'
import { modelOf } from './testing/model.ts'

const names = (zone: string, name: string) => `"olist_${zone}"."${name}__7"`

describe('renderSelect', () => {
  const render = (select: string) => renderSelect(modelOf('m', [], { select }), names)

  test('replaces tables only, and leaves every other character as it was', () => {
    expect(
      render(
        "-- 😀 cleaned.orders\nwith orders as (\n\tselect orders.a, 'é😀 cleaned.orders' as b from cleaned.orders)," +
          '\nx as (select a, b from orders where a in (select i.a from "cleaned" . "items" as i))\nselect a,b  from x -- end',
      ),
    ).toBe(
      '-- 😀 cleaned.orders\nwith orders as (\n\tselect orders.a, \'é😀 cleaned.orders\' as b from "olist_cleaned"."orders__7" as "orders"),' +
        '\nx as (select a, b from orders where a in (select i.a from "olist_cleaned"."items__7" as i))\nselect a,b  from x -- end',
    )
  })

  test('finds tables in joins, unions, subqueries and table samples', () => {
    const text = render(
      'select o.a from cleaned.orders o left join curated.dim as d on d.a = o.a cross join enriched.x ' +
        'where o.a > (select max(a) from cleaned.y tablesample bernoulli (10)) union all select a from cleaned.orders',
    )
    expect(text.match(/"olist_\w+"\."\w+__7"/g)).toEqual([
      '"olist_cleaned"."orders__7"',
      '"olist_curated"."dim__7"',
      '"olist_enriched"."x__7"',
      '"olist_cleaned"."y__7"',
      '"olist_cleaned"."orders__7"',
    ])
    expect(text).not.toMatch(/cleaned\.|curated\.|enriched\./)
    expect(text).toContain('"olist_cleaned"."y__7" as "y" tablesample bernoulli (10)')
  })
})

describe('renderCreateTableAs', () => {
  const base = {
    database: 'olist_build',
    table: 'dim__1',
    location: 's3://lake/curated/olist/dim/1/',
    select: 'select 1 as a',
  }

  test('wraps a select without partitions', () => {
    expect(renderCreateTableAs(base)).toEqual([
      `CREATE TABLE "olist_build"."dim__1" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = 's3://lake/curated/olist/dim/1/') AS\nselect 1 as a`,
    ])
  })

  test('builds the listed partitions, and an empty table from an empty list', () => {
    const rendered = (partitions: string[]) =>
      renderCreateTableAs({ ...base, partitionColumn: 'month', partitions }).map((sql) => sql.split(' AS\n'))
    expect(rendered(['2018-01', "o'clock"])).toEqual([
      [
        `CREATE TABLE "olist_build"."dim__1" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = 's3://lake/curated/olist/dim/1/', partitioned_by = ARRAY['month'])`,
        `select * from (\nselect 1 as a\n) where "month" in ('2018-01', 'o''clock')`,
      ],
    ])
    expect(rendered([])[0]?.[1]).toMatch(/ where false$/)
  })

  test('writes at most 100 partitions a statement, each statement into a table and folder of its own', () => {
    const values = Array.from({ length: 201 }, (_, index) => `p${index}`)
    const statements = renderCreateTableAs({ ...base, partitionColumn: 'month', partitions: values })
    expect(statements.map((sql) => [/"(dim\w+)"/.exec(sql)?.[1], /dim\/1\/(\w+\/)'/.exec(sql)?.[1]])).toEqual([
      ['dim__1_b1', 'b1/'],
      ['dim__1_b2', 'b2/'],
      ['dim__1_b3', 'b3/'],
    ])
    const written = statements.map((sql) => [...sql.matchAll(/'(p\d+)'/g)].map(([, value]) => value))
    expect(written.map((batch) => batch.length)).toEqual([100, 100, 1])
    expect(written.flat()).toEqual(values)
    expect(renderCreateTableAs({ ...base, partitionColumn: 'month', partitions: values.slice(0, 100) })).toHaveLength(1)
  })

  test('refuses partitions without a column, and a location that is no folder', () => {
    expect(() => renderCreateTableAs({ ...base, partitions: ['a'] })).toThrow('dim__1 has no partition column')
    expect(() => renderCreateTableAs({ ...base, location: 's3://lake/x' })).toThrow('a location ends with /')
  })

  test('quotes whatever a name holds', () => {
    const [sql] = renderCreateTableAs({
      ...base,
      database: 'a"; drop table b; --',
      table: "t'",
      location: "s3://o'clock/",
      partitionColumn: `c' "x`,
      partitions: [`v' or '1'='1`],
    })
    expect(sql).toBe(
      `CREATE TABLE "a""; drop table b; --"."t'" WITH (format = 'PARQUET', write_compression = 'SNAPPY', ` +
        `external_location = 's3://o''clock/', partitioned_by = ARRAY['c'' "x']) AS\n` +
        `select * from (\nselect 1 as a\n) where "c' ""x" in ('v'' or ''1''=''1')`,
    )
  })
})

describe('on an engine', () => {
  let duck: Duck
  beforeAll(async () => {
    duck = await openDuck()
  })
  afterAll(() => duck.close())

  const select =
    "with t as (select * from (values ('b', 1), ('a', 2), ('b', 3)) as v (month, n)) select n, month from t -- end"

  test('partition values are distinct and sorted', async () => {
    expect(partitionValues(await duck.athena(renderPartitionValues(select, 'month')))).toEqual(['a', 'b'])
    expect(() => partitionValues([['a'], [null]])).toThrow('a partition value is a text, got null')
    expect(() => partitionValues([['']])).toThrow("got ''")
  })

  test('the wrapped select gives the rows of its partitions', async () => {
    const [sql] = renderCreateTableAs({
      database: 'd',
      table: 't',
      location: 'x/',
      select,
      partitionColumn: 'month',
      partitions: ['b', 'gone'],
    })
    expect(await duck.athena(`${sql!.split(' AS\n')[1]} order by 1`)).toEqual([
      [1, 'b'],
      [3, 'b'],
    ])
  })
})
