import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { athenaFunctions } from './athena-functions.ts'
import { athenaToDuckdb, type Translation } from './athena-to-duckdb.ts'
import { typeMacros } from './athena-types.ts'
import type { Catalog } from './catalog.ts'
import { answerFromCatalog, informationSchema } from './catalog-statements.ts'
import { parseCreateTableAs } from './create-table-as.ts'
import { confinedDuckdb } from './duckdb-confined.ts'
import { queryFailed } from './duckdb-errors.ts'
import { athenaType, portValue } from './duckdb-values.ts'
import { gate } from './gate.ts'
import { jsonFunctions } from './json-functions.ts'
import type { ObjectStore } from './object-store.ts'
import { viewStatements } from './private-views.ts'
import { NoDatabase, type QueryEngine, QueryFailed, type QueryResult } from './query-engine.ts'
import { datasetOf, findTable, type Snapshot, snapshotOf, withDatabases } from './statement-tables.ts'
import { writeTable } from './table-writer.ts'

export interface DuckdbEngineOptions {
  /** A folder: DuckDB reads and writes the files itself. */
  store: ObjectStore
  catalog: Catalog
  /** Where DuckDB spills what does not fit into memory. */
  tempFolder: string
  /** For all statements together. Default 256. */
  memoryLimitMb?: number
  /** Default 2. */
  threads?: number
  /** Statements at work at a time; others wait. Default 3: each takes one of the process's four I/O threads. */
  concurrency?: number
  /** Default true: files of a created table survive a power cut. */
  sync?: boolean
}

/**
 * Athena's dialect on DuckDB over the files that the catalog names. Nothing of DuckDB's own is kept: each statement gets
 * a private in-memory database of views, made from one look at the catalog.
 *
 * An aborted statement rejects with the signal's reason. `close` waits for the statements at work.
 */
export function duckdbEngine(options: DuckdbEngineOptions): QueryEngine {
  const { store, catalog, tempFolder, memoryLimitMb = 256, threads = 2, concurrency = 3, sync = true } = options
  let instance: Promise<DuckDBInstance> | undefined
  let closed = false
  let statements = 0
  const { enter, through } = gate(concurrency)

  const open = () =>
    confinedDuckdb({
      settings: {
        memory_limit: `${memoryLimitMb}MB`,
        threads: String(threads),
        temp_directory: tempFolder,
        preserve_insertion_order: 'false',
        partitioned_write_flush_threshold: '16384',
      },
      folders: [store.locate('')],
      functions: jsonFunctions(),
      setup: [
        `attach ':memory:' as trino`,
        'use trino',
        ...[...athenaFunctions, ...typeMacros].map((each) => `create macro ${each}`),
      ],
    })

  /** Runs `work` on a connection that sees nothing but the named tables and Athena's functions. */
  async function withTables<T>(
    { tables, checkNames, check }: Translation,
    { snapshot, signal }: { snapshot: Snapshot; signal: AbortSignal | undefined },
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const views: string[] = []
    const columns = new Map<string, string[]>()
    for (const [id, alias] of tables.entries()) {
      if (alias.database === 'information_schema') continue
      const table = await findTable(snapshot, alias)
      const names = [
        ...table.columns.map(({ name }) => name),
        ...(table.partitionColumn ? [table.partitionColumn] : []),
      ]
      columns.set(
        `${alias.database}.${alias.name}`,
        names.map((name) => name.toLowerCase()),
      )
      views.push(...viewStatements(table, { alias, locate: store.locate, id }))
    }
    checkNames(({ database, name }) => columns.get(`${database}.${name}`))
    if (tables.some((alias) => alias.database === 'information_schema'))
      views.push(...(await informationSchema(snapshot)))

    instance ??= open()
    const connection = await (await instance).connect()
    statements += 1
    const database = `q${statements}`
    const stop = interruptOn(signal, connection)
    try {
      signal?.throwIfAborted()
      await connection.run(
        [`attach ':memory:' as ${database}`, `set search_path = '${database}.main,trino.main'`, ...views].join('; '),
      )
      await bind(connection, check)
      return await work(connection)
    } catch (error) {
      signal?.throwIfAborted()
      throw queryFailed(error, [...columns.values()].flat())
    } finally {
      stop()
      await connection.run(`set search_path = 'memory.main'; detach database if exists ${database}`)
      connection.closeSync()
    }
  }

  async function run(sql: string, signal: AbortSignal | undefined): Promise<QueryResult> {
    if (closed) throw new QueryFailed('engine', 'the engine is closed')
    signal?.throwIfAborted()
    const snapshot = snapshotOf(catalog)
    const answer = await answerFromCatalog(sql, snapshot)
    if (answer) return answer
    const request = parseCreateTableAs(sql)
    const translation = await translated(request?.select ?? sql, { named: request !== undefined, snapshot })
    const select = translation.sql
    if (!request) return withTables(translation, { snapshot, signal }, (connection) => read(connection, select))

    const state = await snapshot.state(datasetOf(request.database))
    if (state?.tables.some((each) => each.database === request.database && each.name === request.table))
      throw new QueryFailed('user', `TABLE_ALREADY_EXISTS: ${request.database}.${request.table} exists already`)
    const table = await withTables(translation, { snapshot, signal }, (connection) =>
      writeTable(connection, { request, select, store, sync }),
    )
    await catalog.register(datasetOf(request.database), table)
    return { columns: [], rows: [] }
  }

  return {
    run: (sql, { signal } = {}) => through(() => run(sql, signal)),
    async close() {
      closed = true
      const places = await Promise.all(Array.from({ length: concurrency }, enter))
      const opened = await instance
      instance = undefined
      opened?.closeSync()
      for (const leave of places) leave()
    },
  }
}

/** Throws where types of the statement do not meet; anything else is left to the statement itself. */
async function bind(connection: DuckDBConnection, { sql, refusal }: Translation['check']): Promise<void> {
  const prepared = await connection.prepare(sql).catch((error: unknown) => {
    const refused = refusal(String(error instanceof Error ? error.message : error))
    if (refused) throw refused
    return undefined
  })
  prepared?.destroySync()
}

/** A table without its database is one that the catalog may know. */
async function translated(sql: string, { named, snapshot }: { named: boolean; snapshot: Snapshot }) {
  try {
    return athenaToDuckdb(sql, { named })
  } catch (error) {
    throw error instanceof NoDatabase ? await withDatabases(snapshot, error) : error
  }
}

async function read(connection: DuckDBConnection, sql: string): Promise<QueryResult> {
  const result = await connection.runAndReadAll(sql)
  const types = result.columnTypes()
  return {
    columns: result.columnNames().map((name, i) => ({ name, type: types[i] ? athenaType(types[i]) : 'unknown' })),
    rows: result.getRows().map((row) => row.map(portValue)),
  }
}

/** DuckDB forgets an interrupt that arrives between two statements, so it is repeated until `stop`. */
function interruptOn(signal: AbortSignal | undefined, connection: DuckDBConnection): () => void {
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    timer ??= setInterval(interrupt, 20)
  }
  signal?.addEventListener('abort', interrupt, { once: true })
  return () => {
    signal?.removeEventListener('abort', interrupt)
    clearInterval(timer)
  }
}
