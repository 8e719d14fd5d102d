import { randomUUID } from 'node:crypto'
import type { AthenaError, Datum, QueryExecutionState } from '@aws-sdk/client-athena'
import { type Translated, translate } from './athena-shim-statement.ts'
import { columnInfo, valueText } from './athena-shim-values.ts'
import { runStatement, TrinoError, type TrinoResult } from './trino-statement.ts'

export interface Query {
  id: string
  text: string
  database?: string
  workgroup: string
  /** URI of the folder for results; ends with `/`. */
  output: string
  translated: Translated
  state: QueryExecutionState
  submitted: number
  completed?: number
  reason?: string
  error?: AthenaError
  result?: TrinoResult
  /** As `GetQueryResults` gives them, the header among them. */
  rows: { Data: Datum[] }[]
  stop: AbortController
}

export function newQuery(of: Pick<Query, 'text' | 'workgroup' | 'output'> & { database?: string }): Query {
  const id = randomUUID()
  return {
    ...of,
    id,
    translated: translate(of.text, `${of.output}tables/${id}/`),
    state: 'QUEUED',
    submitted: Date.now(),
    rows: [],
    stop: new AbortController(),
  }
}

/** Runs a query to its end, and notes there what came of it. `save` keeps the file of results. */
export async function runQuery(query: Query, trino: string, save: (uri: string, csv: string) => Promise<void>) {
  const { translated, database, stop } = query
  try {
    const result = await runStatement(trino, translated.sql, {
      session: translated.session,
      signal: stop.signal,
      onRunning: () => {
        if (query.state === 'QUEUED') query.state = 'RUNNING'
      },
      ...(database ? { database } : {}),
    })
    query.result = result
    query.rows = resultRows(query, result)
    if (result.updateCount === undefined && translated.type !== 'DDL') await save(outputOf(query), csv(query.rows))
    finish(query, 'SUCCEEDED')
  } catch (error) {
    const name = error instanceof TrinoError ? error.errorName : 'GENERIC_INTERNAL_ERROR'
    const message = error instanceof Error ? error.message : String(error)
    query.error = {
      ErrorCategory: error instanceof TrinoError && error.errorType === 'USER_ERROR' ? 2 : 1,
      ErrorType: error instanceof TrinoError ? error.errorCode : 0,
      Retryable: false,
      ErrorMessage: message,
    }
    query.reason = `${name}: ${message}`
    finish(query, 'FAILED')
  }
}

/** What was stopped stays so, whatever came of it. */
export function finish(query: Query, state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'): void {
  if (query.completed !== undefined) return
  query.state = state
  query.completed = Date.now()
}

function resultRows({ translated }: Query, { columns, rows, updateCount }: TrinoResult): { Data: Datum[] }[] {
  if (updateCount !== undefined) return []
  const data = rows.map((row) => ({
    Data: row.map((value, i) => {
      const signature = columns[i]?.typeSignature
      return value === null || !signature ? {} : { VarCharValue: valueText(value, signature) }
    }),
  }))
  const header = { Data: columns.map(({ name }) => ({ VarCharValue: name })) }
  return translated.type === 'DML' ? [header, ...data] : data
}

const csv = (rows: { Data: Datum[] }[]) =>
  rows
    .map(({ Data }) =>
      Data.map(({ VarCharValue: text }) => (text === undefined ? '' : `"${text.replaceAll('"', '""')}"`)),
    )
    .map((cells) => `${cells.join(',')}\n`)
    .join('')

const outputOf = ({ id, output, translated }: Query) => `${output}${id}.${translated.type === 'DML' ? 'csv' : 'txt'}`

/** As `GetQueryExecution` tells it; times are seconds there. */
export function describeQuery(query: Query): object {
  const { id, text, database, workgroup, translated, state, submitted, completed, reason, error, result } = query
  return {
    QueryExecutionId: id,
    Query: text,
    StatementType: translated.type,
    SubstatementType: translated.substatement,
    WorkGroup: workgroup,
    ResultConfiguration: { OutputLocation: outputOf(query) },
    QueryExecutionContext: { ...(database ? { Database: database } : {}), Catalog: 'awsdatacatalog' },
    Status: {
      State: state,
      StateChangeReason: reason,
      SubmissionDateTime: submitted / 1_000,
      CompletionDateTime: completed === undefined ? undefined : completed / 1_000,
      AthenaError: error,
    },
    Statistics: {
      EngineExecutionTimeInMillis: result?.stats.elapsedMillis ?? 0,
      DataScannedInBytes: result?.stats.scannedBytes ?? 0,
      TotalExecutionTimeInMillis: (completed ?? Date.now()) - submitted,
    },
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
  }
}

/** Columns of the result; a created table answers the count of its rows, in no row. */
export const columnsOf = ({ result, translated }: Query) =>
  translated.substatement === 'CREATE_TABLE_AS_SELECT'
    ? [columnInfo({ name: 'rows', type: 'bigint', typeSignature: { rawType: 'bigint', arguments: [] } })]
    : (result?.columns ?? []).map(columnInfo)
