import { Dialect, transpile } from '@droplake/lake/polyglot'
import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'

/** An in-memory DuckDB that takes Athena's dialect and divides integers as Athena does. */
export interface Duck {
  /** Runs a statement written for Athena; cells are DuckDB's own values. */
  athena(sql: string): Promise<DuckDBValue[][]>
  /** Runs a statement written for DuckDB. */
  run(sql: string): Promise<DuckDBValue[][]>
  close(): void
}

export async function openDuck(): Promise<Duck> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const run = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()
  await run('set integer_division = true')
  await run("set timezone = 'UTC'")
  return {
    run,
    athena: (sql) => run(toDuck(sql)),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** Throws when a construct of the text has no counterpart in DuckDB. */
export function toDuck(sql: string): string {
  const result = transpile(sql, Dialect.Athena, Dialect.DuckDB, { unsupportedLevel: 'raise' })
  if (!result.success || result.sql?.length !== 1) throw new Error(`${result.error}: ${sql}`)
  return result.sql[0]!
}
