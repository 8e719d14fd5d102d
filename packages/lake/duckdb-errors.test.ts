import { expect, test } from 'vitest'
import { queryFailed } from './duckdb-errors.ts'

const told = (message: string, columns?: string[]) => queryFailed(new Error(message), columns).message

test('a column that is not there comes with the one that was meant, of DuckDB’s candidates or of the tables', () => {
  const missing = 'Binder Error: Referenced column "order_stat" not found in FROM clause!'
  expect(told(`${missing}\nCandidate bindings: "order_status", "order_id"\n\nLINE 1: select order_stat from t`)).toBe(
    'query: Binder Error: Referenced column "order_stat" not found in FROM clause; did you mean order_status?',
  )
  expect(
    told('Binder Error: Values list "o" does not have a column named "order_stat"\n\nLINE 1: …', ['order_status']),
  ).toBe('query: Binder Error: Table "o" does not have a column named "order_stat"; did you mean order_status?')
  expect(told(`${missing.replace('order_stat', 'zzz')}\nCandidate bindings: "a.x", "b.y"`)).toBe(
    'query: Binder Error: Referenced column "zzz" not found in FROM clause; candidates are x, y',
  )
})

test('nothing of the statement or of its data is added to any other error', () => {
  const line = "Conversion Error: Could not convert string 'a' to INT32"
  expect(told(`${line}\n\nLINE 1: select cast('a secret' as int)`, ['a'])).toBe(`query: ${line}`)
})
