import { describe, expect, it } from 'vitest'
import { athenaToDuckdb } from './athena-to-duckdb.ts'

const names = (sql: string) => athenaToDuckdb(sql).tables.map((table) => `${table.database}.${table.name}`)

describe("a statement in Athena's dialect", () => {
  it('names its tables wherever they stand, each once, and no common tables', () => {
    const sql = `with a as (select * from Olist_Cleaned.orders), b as (select * from a join "olist_cleaned"."items" using (id))
      select *, (select max(x) from awsdatacatalog.olist_curated.dim d where d.id = b.id)
      from b left join a on true where exists (select 1 from olist_cleaned.payments) and b.id in (select id from olist_cleaned.orders)
      union all select * from olist_cleaned.late`
    expect(names(sql).sort()).toEqual([
      'olist_cleaned.items',
      'olist_cleaned.late',
      'olist_cleaned.orders',
      'olist_cleaned.payments',
      'olist_curated.dim',
    ])
  })

  it('keeps a set operation outside of an unnamed subquery before it', () => {
    const sql = `select count(*) as n from (select '(' as "from)" -- ) union
      from d_x.t) /* 😀 */ union all select 2`
    expect(athenaToDuckdb(sql).sql).toBe(
      `SELECT COUNT(*) AS n FROM (SELECT '(' AS "from)" FROM d_x.t) AS "_subquery0" UNION ALL SELECT 2`.replace(
        'FROM d_x.t',
        '/* ) union */ FROM d_x.t',
      ),
    )
    expect(athenaToDuckdb(`select 'é😀' as x from (select 1 as y) except select 'z' as x`).sql).toContain(
      'AS "_subquery0" EXCEPT',
    )
    expect(athenaToDuckdb('select * from ((select 1 as x) union select 2)').sql).not.toContain('_subquery')
  })

  it.each([
    ['insert into a_b.t select 1', /only select/],
    ['drop table a_b.t', /only select/],
    ['create view a_b.v as select 1 as x', /only select/],
    ['select 1; select 2', /one statement/],
    ['', /one statement/],
    ['select * from orders', /no table orders; write database.table/],
    [`select * from read_csv('x.csv')`, /read_csv/],
    [`select 1 from a_b.t join glob('*') g on true`, /glob/],
    [`select date_format(x, y) from a_b.t`, /literal pattern/],
    [`select date_format(x, '%D') from a_b.t`, /%D/],
    [`select x at time zone 'America/Sao_Paulo' from a_b.t`, /zones/],
    ['select from where', /./],
  ])('is refused when it is %j', (sql, reason) => {
    expect(() => athenaToDuckdb(sql)).toThrow(expect.objectContaining({ name: 'QueryFailed', kind: 'user' }))
    expect(() => athenaToDuckdb(sql)).toThrow(reason)
  })

  it('may end with a semicolon', () => {
    expect(athenaToDuckdb('select 1 as x;').sql).toBe('SELECT 1 AS x')
  })

  it('needs names for the columns of a table', () => {
    expect(() => athenaToDuckdb('select 1 as a, count(*)', { named: true })).toThrow(/column 2 .* no name/)
    expect(athenaToDuckdb('select 1 as a, t.b, * from x_y.t', { named: true }).sql).toContain('AS a, t.b, *')
  })
})
