import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AthenaClient,
  GetQueryExecutionCommand,
  type QueryExecution,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { queryFailure, serviceFailure } from './athena-engine-errors.ts'
import { readResults } from './athena-engine-results.ts'
import { type QueryEngine, QueryFailed } from './query-engine.ts'

export interface AthenaEngineOptions {
  client: AthenaClient
  /**
   * Says where results go and how much a statement may scan. One that enforces its results' location refuses statements with
   * an `external_location`, which those that build models have.
   */
  workgroup: string
  /** The database of a statement that comes without one. */
  database: string
}

/**
 * The session of a statement. Without it Athena looks for a database named `default`, which an account need not have and
 * which the role need not see.
 */
const queryContext = (database: string) => ({ Catalog: 'AwsDataCatalog', Database: database })

/**
 * Athena as query engine. Tables that a statement creates are in Glue's catalog by themselves. A statement sees each
 * of its tables at one moment, not all of them at the same.
 */
export function athenaEngine({ client, workgroup, database: usual }: AthenaEngineOptions): QueryEngine {
  let closed = false

  /** Not to be aborted: only its answer names what would have to be stopped. */
  async function begin(sql: string, database: string): Promise<string> {
    const command = new StartQueryExecutionCommand({
      QueryString: sql,
      WorkGroup: workgroup,
      QueryExecutionContext: queryContext(database),
      ClientRequestToken: randomUUID(),
    })
    const { QueryExecutionId } = await client.send(command)
    return QueryExecutionId ?? ''
  }

  async function ended(id: string, signal: AbortSignal | undefined): Promise<QueryExecution> {
    for (let wait = 100; ; wait = Math.min(1_000, wait * 1.3)) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }))
      const state = QueryExecution?.Status?.State
      if (QueryExecution && state !== 'QUEUED' && state !== 'RUNNING') return QueryExecution
      await sleep(wait, undefined, signal ? { signal } : {})
    }
  }

  /** Best effort: what cannot be stopped ends at the workgroup's limits. */
  const stop = (id: string) => client.send(new StopQueryExecutionCommand({ QueryExecutionId: id })).catch(() => {})

  return {
    async run(sql, { signal, database = usual } = {}) {
      if (closed) throw new QueryFailed('engine', 'the engine is closed')
      signal?.throwIfAborted()
      let id: string | undefined
      try {
        id = await begin(sql, database)
        const execution = await ended(id, signal)
        if (execution.Status?.State !== 'SUCCEEDED') throw queryFailure(execution)
        signal?.throwIfAborted()
        return await readResults(client, execution, signal)
      } catch (error) {
        if (!signal?.aborted) throw serviceFailure(error)
        if (id !== undefined) await stop(id)
        throw signal.reason
      }
    },
    async close() {
      closed = true
    },
  }
}
