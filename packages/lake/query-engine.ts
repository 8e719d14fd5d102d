/** `null`, boolean, number, or a string: integers beyond 2^53 and decimals in digits, timestamps ISO 8601 with Z, dates YYYY-MM-DD. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }

export interface QueryResult {
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
  /** Runs one statement: a select, or the text that `createTableAs` of the models package renders. */
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
