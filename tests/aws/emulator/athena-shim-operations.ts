import type { GetQueryResultsInput, QueryExecution, StartQueryExecutionInput } from '@aws-sdk/client-athena'
import { columnsOf, describeQuery, finish, newQuery, type Query, runQuery } from './athena-shim-queries.ts'
import { runStatement, TrinoError } from './trino-statement.ts'

/** What Athena answers as InvalidRequestException. */
export class AthenaRefusal extends Error {
  override readonly name = 'AthenaRefusal'
  readonly code: string
  constructor(message: string, code = 'INVALID_INPUT') {
    super(message)
    this.code = code
  }
}

export interface Backend {
  trino(): Promise<string>
  /** Where a workgroup says that results go, and whether it insists. Throws `AthenaRefusal` where there is none. */
  outputOf(workgroup: string): Promise<{ enforced: boolean; location?: string }>
  save(uri: string, text: string): Promise<void>
}

/** Athena's limit of a statement's text. */
const longest = 262_144
const pageLimit = 1_000

/** The calls about queries, by name. */
export function operations(backend: Backend): Record<string, ((input: never) => Promise<object>) | undefined> {
  const queries = new Map<string, Query>()
  const tokens = new Map<string, Query>()
  const find = (id: QueryExecution['QueryExecutionId']): Query => {
    const query = queries.get(id ?? '')
    if (query) return query
    throw new AthenaRefusal(`QueryExecution ${id} was not found`)
  }

  return {
    async StartQueryExecution(input: StartQueryExecutionInput) {
      const { QueryString: text = '', ClientRequestToken: token, QueryExecutionContext, WorkGroup = 'primary' } = input
      const known = token === undefined ? undefined : tokens.get(token)
      if (known && known.text !== text) throw new AthenaRefusal('Idempotent parameters do not match')
      if (known) return { QueryExecutionId: known.id }
      const { enforced, location } = await backend.outputOf(WorkGroup)
      const output = enforced ? location : (input.ResultConfiguration?.OutputLocation ?? location)
      if (!output)
        throw new AthenaRefusal(
          'No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.',
        )
      const database = QueryExecutionContext?.Database
      const query = newQuery({
        text,
        workgroup: WorkGroup,
        output: output.replace(/\/*$/, '/'),
        ...(database ? { database } : {}),
      })
      check(query, enforced && location !== undefined)
      const trino = await backend.trino()
      await parse(trino, query.translated.sql)
      queries.set(query.id, query)
      if (token !== undefined) tokens.set(token, query)
      void runQuery(query, trino, backend.save)
      return { QueryExecutionId: query.id }
    },

    async GetQueryExecution({ QueryExecutionId }: QueryExecution) {
      return { QueryExecution: describeQuery(find(QueryExecutionId)) }
    },

    async GetQueryResults({ QueryExecutionId, NextToken, MaxResults = pageLimit }: GetQueryResultsInput) {
      const query = find(QueryExecutionId)
      if (MaxResults > pageLimit)
        throw new AthenaRefusal(`MaxResults is more than maximum allowed length ${pageLimit}.`)
      if (query.state !== 'SUCCEEDED')
        throw new AthenaRefusal(
          query.state === 'FAILED' || query.state === 'CANCELLED'
            ? `Query did not finish successfully. Final query state: ${query.state}`
            : `Query has not yet finished. Current state: ${query.state}`,
          'INVALID_QUERY_EXECUTION_STATUS',
        )
      const from = Number(NextToken ?? 0)
      const to = from + MaxResults
      return {
        UpdateCount: query.result?.updateCount ?? 0,
        ...(to < query.rows.length ? { NextToken: String(to) } : {}),
        ResultSet: { Rows: query.rows.slice(from, to), ResultSetMetadata: { ColumnInfo: columnsOf(query) } },
      }
    },

    async StopQueryExecution({ QueryExecutionId }: QueryExecution) {
      const query = find(QueryExecutionId)
      query.reason ??= 'Query cancelled by user'
      finish(query, 'CANCELLED')
      query.stop.abort()
      return {}
    },
  }
}

/** What Athena refuses before it looks at the catalog. */
function check({ text, translated }: Query, enforced: boolean): void {
  if (Buffer.byteLength(text) > longest)
    throw new AthenaRefusal(`Your query has exceeded the maximum query length of ${longest} bytes.`, 'INVALID_INPUT')
  if (enforced && translated.externalLocation !== undefined)
    throw new AthenaRefusal(
      "The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena Workgroup that enforces a centralized output location for all queries. Please remove the 'external_location' property and resubmit the query.",
    )
}

/** Athena answers text that is no SQL at once. Trino parses what it prepares, and does no more. */
async function parse(trino: string, sql: string): Promise<void> {
  try {
    await runStatement(trino, `PREPARE statement FROM ${sql}`)
  } catch (error) {
    if (!(error instanceof TrinoError)) throw error
    throw new AthenaRefusal(error.message, 'MALFORMED_QUERY')
  }
}
