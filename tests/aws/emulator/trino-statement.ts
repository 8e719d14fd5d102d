/** A type as Trino describes it: `array` of one, `map` of two, `row` of named ones, anything else by name and numbers. */
export interface TypeSignature {
  rawType: string
  arguments: { kind: string; value: unknown }[]
}

export interface TrinoColumn {
  name: string
  type: string
  typeSignature: TypeSignature
}

/** The outcome of one statement. Numbers in the rows are their digits as Trino wrote them. */
export interface TrinoResult {
  columns: TrinoColumn[]
  rows: unknown[][]
  /** Set where rows were written. */
  updateCount?: number
  stats: { elapsedMillis: number; scannedBytes: number }
}

/** Trino's refusal: `errorName` like `TABLE_NOT_FOUND`, `errorType` like `USER_ERROR`. */
export class TrinoError extends Error {
  override readonly name = 'TrinoError'
  readonly errorName: string
  readonly errorType: string
  readonly errorCode: number
  constructor({ errorName, errorType, errorCode, message }: Answer['error'] & object) {
    super(message)
    this.errorName = errorName
    this.errorType = errorType
    this.errorCode = Number(errorCode)
  }
}

interface Answer {
  nextUri?: string
  columns?: TrinoColumn[]
  data?: unknown[][]
  updateType?: string
  updateCount?: string
  error?: { errorName: string; errorType: string; errorCode: string; message: string }
  stats: { state: string; elapsedTimeMillis: string; physicalInputBytes: string }
}

export interface StatementOptions {
  /** `catalog.name=value` */
  session?: Record<string, string>
  database?: string
  /** Aborting it cancels the statement, which then fails. */
  signal?: AbortSignal
  /** Called once the statement has left the queue. */
  onRunning?: () => void
}

/** Runs a statement to its end. */
export async function runStatement(
  endpoint: string,
  sql: string,
  options: StatementOptions = {},
): Promise<TrinoResult> {
  const { session = {}, database, signal, onRunning } = options
  const headers = {
    'x-trino-user': 'athena',
    'x-trino-catalog': 'awsdatacatalog',
    'x-trino-time-zone': 'UTC',
    ...(database ? { 'x-trino-schema': database } : {}),
    ...(Object.keys(session).length > 0
      ? {
          'x-trino-session': Object.entries(session)
            .map((pair) => pair.join('='))
            .join(','),
        }
      : {}),
  }
  let answer = await ask(`${endpoint}/v1/statement`, { method: 'POST', body: sql, headers })
  let { columns = [], updateType, updateCount } = answer
  const rows = [...(answer.data ?? [])]
  const cancel = () => answer.nextUri && fetch(answer.nextUri, { method: 'DELETE' })
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    while (answer.nextUri) {
      if (answer.stats.state !== 'QUEUED') onRunning?.()
      if (signal?.aborted) await cancel()
      answer = await ask(answer.nextUri, { headers })
      columns = answer.columns ?? columns
      updateType ??= answer.updateType
      updateCount = answer.updateCount ?? updateCount
      rows.push(...(answer.data ?? []))
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
  if (answer.error) throw new TrinoError(answer.error)
  const { elapsedTimeMillis, physicalInputBytes } = answer.stats
  return {
    columns,
    rows,
    ...(updateType === undefined ? {} : { updateCount: Number(updateCount ?? 0) }),
    stats: { elapsedMillis: Number(elapsedTimeMillis), scannedBytes: Number(physicalInputBytes) },
  }
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  for (;;) {
    const response = await fetch(url, init)
    // Trino is busy, and asks to come again.
    if (response.status === 502 || response.status === 503) continue
    const text = await response.text()
    if (!response.ok) throw new Error(`trino: HTTP ${response.status} ${text.slice(0, 200)}`)
    return JSON.parse(text, digits as (key: string, value: unknown) => unknown)
  }
}

/** JSON.parse tells a reviver how a primitive was written. */
const digits = (_key: string, value: unknown, { source }: { source?: string }) =>
  typeof value === 'number' ? source : value
