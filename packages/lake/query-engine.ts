/**
 * `null`, boolean, number, or a string: integers beyond 2^53 and decimals in digits, timestamps ISO 8601 with
 * milliseconds and Z (`2018-01-02T03:04:05.000Z`), dates YYYY-MM-DD, `NaN` and `Infinity`, bytes in hexadecimal digits.
 */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

export interface QueryResult {
  /** Types by Athena's names: `varchar`, `integer`, `bigint`, `decimal(10,2)`, `timestamp`, `array(varchar)`, … */
  columns: { name: string; type: string }[]
  rows: Value[][]
  /** Bytes of data files looked at, where the engine knows. */
  bytesScanned?: number
}

/**
 * SQL in Athena's dialect over the catalog's tables.
 *
 * A statement sees one state of the catalog from its start to its end. `QueryFailed` carries the engine's reason.
 */
export interface QueryEngine {
  /**
   * Runs one statement: a select, or the text that `createTableAs` of the models package renders. That gives no rows,
   * registers the table, and needs an empty location. Rejects with the signal's reason once it is aborted.
   */
  run(sql: string, options?: { signal?: AbortSignal }): Promise<QueryResult>
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
