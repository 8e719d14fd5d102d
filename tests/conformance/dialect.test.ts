import { functionsOfAthena } from '@droplake/lake/athena-function-names'
import { functionsCalled } from '@droplake/lake/athena-syntax'
import { expect, test } from 'vitest'
import { dialect } from './dialect.ts'

const texts = Object.values(dialect)
  .flat()
  .filter((each) => each.rows)
  .map((each) => `select ${each.text}`)

test('every function that a query may call has its cases, and nothing else is called in them', () => {
  const called = new Set(texts.flatMap((sql) => [...functionsCalled(sql)]))
  expect([...called].sort()).toEqual([...functionsOfAthena].sort())
})

test('a function is found by its name, in quotes and nested, and aliases with columns are none', () => {
  const sql = `with t(a, b) as (select 1, "Upper"(lower('x'))) select count(*) filter (where a in (1, 2)) over (order by b)
    from t as u (c, d) cross join unnest(sequence(1, 2)) as v(e) where exists (select cast(1 as decimal(10, 2)))`
  expect([...functionsCalled(sql)].sort()).toEqual(['cast', 'count', 'lower', 'sequence', 'unnest', 'upper'])
})
