/**
 * `null`, boolean, number, or a string: integers beyond 2^53 and decimals in digits, timestamps ISO 8601 with
 * milliseconds and Z (`2018-01-02T03:04:05.000Z`), dates YYYY-MM-DD, `NaN` and `Infinity`, bytes in hexadecimal digits.
 *
 * Arrays, maps and rows have parts where the engine tells their types. Athena does not: there they are its text,
 * `[1, null]` or `{a=1}`, which nothing tells from other text alike; `json_format(cast(x as json))` gives every part.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

export interface QueryResult {
  /**
   * Types by Athena's names: `varchar`, `integer`, `bigint`, `decimal(10,2)`, `timestamp`, `array(varchar)`, …; without
   * the parts' types, `array`, where the engine does not tell them.
   */
  columns: { name: string; type: string }[]
  rows: Value[][]
  /** Bytes of data files looked at, where the engine knows. */
  bytesScanned?: number
}

export interface RunOptions {
  signal?: AbortSignal
  /**
   * A database that exists, for an engine that wants one for every statement; the statement itself names its tables in full.
   * Default: the engine's own.
   */
  database?: string
}

/**
 * SQL in Athena's dialect over the catalog's tables.
 *
 * A statement sees one state of each table from its start to its end, and of all at once where the catalog moves them so.
 * `QueryFailed` carries the engine's reason.
 */
export interface QueryEngine {
  /**
   * Runs one statement: a select, or the text that `createTableAs` of the models package renders. That gives no rows,
   * registers the table, and needs an empty location. Rejects with the signal's reason once it is aborted.
   */
  run(sql: string, options?: RunOptions): Promise<QueryResult>
  close(): Promise<void>
}

/** The engine refused or gave up a statement. `kind` tells the user's mistake from the engine's trouble. */
export class QueryFailed extends Error {
  override readonly name = 'QueryFailed'
  readonly kind: 'user' | 'engine'
  constructor(kind: 'user' | 'engine', reason: string, options?: { cause?: unknown }) {
    super(`query: ${reason}`, options)
    this.kind = kind
  }
}

/** A statement names a table without its database. */
export class NoDatabase extends QueryFailed {
  readonly table: string
  constructor(table: string, advice = '; write database.table') {
    super('user', `no table ${table}${advice}`)
    this.table = table
  }
}
