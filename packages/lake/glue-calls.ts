import {
  BatchDeleteTableCommand,
  CreateTableCommand,
  type Database,
  DeleteTableCommand,
  type ErrorDetail,
  GetTableCommand,
  type GlueClient,
  GlueServiceException,
  paginateGetDatabases,
  paginateGetTables,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue'
import { about as aboutRequest } from './aws-error.ts'
import { retried } from './retried.ts'

export interface TableAt {
  database: string
  name: string
}

/** Every table of a database; none of one that does not exist. */
export async function listTables(client: GlueClient, database: string): Promise<Table[]> {
  const found: Table[] = []
  try {
    for await (const page of paginateGetTables({ client }, { DatabaseName: database }))
      found.push(...(page.TableList ?? []))
  } catch (error) {
    if (isAbsent(error)) return []
    throw about(error, `cannot list the tables of ${database}`)
  }
  return found
}

export async function listDatabases(client: GlueClient): Promise<Database[]> {
  const found: Database[] = []
  for await (const page of paginateGetDatabases({ client }, {})) found.push(...(page.DatabaseList ?? []))
  return found
}

export async function findTable(client: GlueClient, { database, name }: TableAt): Promise<Table | undefined> {
  try {
    return (await client.send(new GetTableCommand({ DatabaseName: database, Name: name }))).Table
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw about(error, `cannot read ${database}.${name}`)
  }
}

export interface Change {
  /** What to write, from what is there now; undefined leaves it. */
  decide: (current: Table | undefined) => TableInput | undefined
  /** What a listing just showed: saves the first look. */
  seen?: Table | undefined
  /** Awaited right before a name is created, which no version guards; it throws where that may no longer be. */
  still?: () => Promise<void>
}

/**
 * Gives a name another content by compare-and-swap: `decide` is asked again when somebody else was faster. Returns what it
 * saw last.
 */
export async function change(client: GlueClient, at: TableAt, options: Change): Promise<Table | undefined> {
  let { seen } = options
  let current: Table | undefined
  try {
    return await retried(
      async () => {
        current = seen ?? (await findTable(client, at))
        seen = undefined
        const input = options.decide(current)
        if (input && !current) await options.still?.()
        if (input) await put(client, at, { current, input })
        return current
      },
      { attempts: 10, again: (error) => isOvertaken(error) || (current !== undefined && isAbsent(error)) },
    )
  } catch (error) {
    throw about(error, `cannot write ${at.database}.${at.name}`)
  }
}

async function put(
  client: GlueClient,
  { database }: TableAt,
  { current, input }: { current: Table | undefined; input: TableInput },
): Promise<void> {
  const into = { DatabaseName: database, TableInput: input }
  if (!current) await client.send(new CreateTableCommand(into))
  else await client.send(new UpdateTableCommand({ ...into, VersionId: current.VersionId, SkipArchive: true }))
}

export async function deleteTable(client: GlueClient, { database, name }: TableAt): Promise<void> {
  try {
    await client.send(new DeleteTableCommand({ DatabaseName: database, Name: name }))
  } catch (error) {
    if (!isAbsent(error)) throw about(error, `cannot delete ${database}.${name}`)
  }
}

/** Absent names are fine. */
export async function deleteTables(client: GlueClient, database: string, names: readonly string[]): Promise<void> {
  for (const batch of chunks(names, 100)) {
    const { Errors = [] } = await client.send(
      new BatchDeleteTableCommand({ DatabaseName: database, TablesToDelete: batch }),
    )
    const errors = Errors.map(({ TableName = '', ErrorDetail }) => ({ entry: TableName, ...told(ErrorDetail) }))
    refuse(
      errors.filter(({ code }) => code !== absent),
      { what: `tables of ${database}`, of: batch.length },
    )
  }
}

export interface Refusal {
  entry: string
  code: string
  message: string
}

/** What Glue answers in the body of a batch that it otherwise calls a success. */
export const told = ({ ErrorCode = 'unknown', ErrorMessage = '' }: ErrorDetail = {}) => ({
  code: ErrorCode,
  message: ErrorMessage,
})

/** Throws when there is a refusal; it names the first one. */
export function refuse(refusals: readonly Refusal[], { what, of }: { what: string; of: number }): void {
  const [first] = refusals
  if (!first) return
  const { entry, code, message } = first
  throw new Error(
    `catalog: Glue refused ${refusals.length} of ${of} ${what}, first ${entry}: ${code} ${message}; run again`,
  )
}

export function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))
}

export const absent = 'EntityNotFoundException'
export const taken = 'AlreadyExistsException'
export const isGlue = (error: unknown) => error instanceof GlueServiceException
export const isAbsent = (error: unknown) => isGlue(error) && error.name === absent
const isOvertaken = (error: unknown) => isGlue(error) && ['ConcurrentModificationException', taken].includes(error.name)

export const about = (error: unknown, what: string) => aboutRequest(error, `catalog: ${what}`)
