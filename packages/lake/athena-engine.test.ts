import { AthenaClient } from '@aws-sdk/client-athena'
import { expect, onTestFinished, test } from 'vitest'
import { athenaEngine } from './athena-engine.ts'
import type { QueryEngine } from './query-engine.ts'
import { type Input, jsonService, ServiceError } from './testing/json-service.ts'

interface Script {
  /** Statuses of the query, one a look; the last stays. */
  statuses: Input[]
  execution?: Input
  columns?: Input[]
  /** Cells; null is a cell without a value. */
  pages?: (string | null)[][][]
  intercept?: (action: string, input: Input) => object | undefined
}

const succeeded = [{ State: 'SUCCEEDED' }]
const select = { StatementType: 'DML', SubstatementType: 'SELECT' }

/** Athena's engine over a service that plays a script. */
async function athena({ statuses, execution = select, columns = [], pages = [[]], intercept }: Script) {
  let looks = 0
  const inputs: [action: string, input: Input][] = []
  const { settings, calls, close } = await jsonService((action, input) => {
    inputs.push([action, input])
    const answer = intercept?.(action, input)
    if (answer) return answer
    if (action === 'StartQueryExecution') return { QueryExecutionId: 'q1' }
    if (action === 'GetQueryExecution') {
      looks += 1
      const Status = statuses[Math.min(looks, statuses.length) - 1]
      return {
        QueryExecution: { QueryExecutionId: 'q1', ...execution, Status, Statistics: { DataScannedInBytes: 42 } },
      }
    }
    if (action !== 'GetQueryResults') return {}
    const at = Number(input.NextToken ?? 0)
    const Rows = pages[at]?.map((row) => ({ Data: row.map((cell) => (cell === null ? {} : { VarCharValue: cell })) }))
    const next = at + 1 < pages.length ? { NextToken: String(at + 1) } : {}
    return { ResultSet: { Rows, ResultSetMetadata: { ColumnInfo: columns } }, ...next }
  })
  const client = new AthenaClient(settings)
  onTestFinished(async () => {
    client.destroy()
    await close()
  })
  const engine: QueryEngine = athenaEngine({ client, workgroup: 'pipeline', database: 'app_dev_shop_build' })
  return { engine, calls, inputs }
}

test('values come in the port’s forms, types by Athena’s names with their digits', async () => {
  const cases: [type: Input, text: string, expected: unknown, named?: string][] = [
    [{ Type: 'boolean' }, 'true', true],
    [{ Type: 'boolean' }, 'false', false],
    [{ Type: 'tinyint' }, '-3', -3],
    [{ Type: 'integer', Precision: 10 }, '12', 12],
    [{ Type: 'bigint' }, '9007199254740991', 9007199254740991],
    [{ Type: 'bigint' }, '9007199254740993', '9007199254740993'],
    [{ Type: 'bigint' }, '-9223372036854775808', '-9223372036854775808'],
    [{ Type: 'float' }, '0.5', 0.5, 'real'],
    [{ Type: 'double', Precision: 17 }, '1.0E10', 1e10],
    [{ Type: 'double' }, 'NaN', 'NaN'],
    [{ Type: 'double' }, '-Infinity', '-Infinity'],
    [{ Type: 'decimal', Precision: 10, Scale: 2 }, '12.30', '12.30', 'decimal(10,2)'],
    [{ Type: 'varchar', Precision: 2_147_483_647 }, 'São', 'São'],
    [{ Type: 'varchar' }, '', ''],
    [{ Type: 'char', Precision: 3 }, 'a  ', 'a  ', 'varchar'],
    [{ Type: 'date' }, '2018-01-02', '2018-01-02'],
    [{ Type: 'timestamp', Precision: 3 }, '2018-01-02 03:04:05.678', '2018-01-02T03:04:05.678Z'],
    [{ Type: 'timestamp' }, '2018-01-02 03:04:05', '2018-01-02T03:04:05.000Z'],
    [{ Type: 'timestamp with time zone' }, '2018-01-02 03:04:05.678 UTC', '2018-01-02T03:04:05.678Z'],
    [{ Type: 'timestamp with time zone' }, '2018-01-02 03:04:05.678 +05:30', '2018-01-01T21:34:05.678Z'],
    [{ Type: 'timestamp with time zone' }, '2018-01-02 03:04:05.678 America/Sao_Paulo', '2018-01-02T05:04:05.678Z'],
    [{ Type: 'timestamp with time zone' }, '2018-07-02 03:04:05.678 America/Sao_Paulo', '2018-07-02T06:04:05.678Z'],
    [{ Type: 'varbinary' }, '31 32 FF', '3132ff'],
    [{ Type: 'array' }, '[1, null]', '[1, null]'],
    [{ Type: 'json' }, '{"a":1}', '{"a":1}'],
    [{ Type: 'interval day to second' }, '2 00:00:00.000', '2 00:00:00.000'],
  ]
  const columns = cases.map(([type], i) => ({ Name: `c${i}`, ...type }))
  const header = columns.map(({ Name }) => Name)
  const pages = [[header, cases.map(([, text]) => text), cases.map(() => null)]]
  const { engine } = await athena({ statuses: succeeded, columns, pages })
  const result = await engine.run('select')
  expect(result.rows[0]).toEqual(cases.map(([, , expected]) => expected))
  expect(result.rows[1]).toEqual(cases.map(() => null))
  expect(result.columns.map(({ type }) => type)).toEqual(cases.map(([{ Type }, , , named = Type]) => named))
  expect(result.bytesScanned).toBe(42)
})

test('all pages are read, and only the first row of a select’s first page is its header', async () => {
  const columns = [{ Name: 'a', Type: 'varchar' }]
  const pages = [[['a'], ['1']], [['a'], ['2']], [['3']]]
  const rows = [['1'], ['a'], ['2'], ['3']]
  const { engine, inputs } = await athena({ statuses: succeeded, columns, pages })
  expect((await engine.run('select')).rows).toEqual(rows)
  const sizes = inputs.filter(([action]) => action === 'GetQueryResults').map(([, { MaxResults }]) => MaxResults)
  expect(sizes).toEqual([1_000, 1_000, 1_000])
  const show = await athena({ statuses: succeeded, execution: { StatementType: 'UTILITY' }, columns, pages: [[['a']]] })
  expect((await show.engine.run('show tables')).rows).toEqual([['a']])
})

test('lists of names come without padding, cells of a description apart', async () => {
  const columns = ['col_name', 'data_type', 'comment'].map((Name) => ({ Name, Type: 'string' }))
  const pages = [[['id                  \tint                 \tthe key             ']]]
  const { engine } = await athena({ statuses: succeeded, execution: { StatementType: 'UTILITY' }, columns, pages })
  expect((await engine.run('describe t')).rows).toEqual([['id', 'int', 'the key']])
})

test('a statement that creates a table gives nothing', async () => {
  const execution = { StatementType: 'DML', SubstatementType: 'CREATE_TABLE_AS_SELECT' }
  const columns = [{ Name: 'rows', Type: 'bigint' }]
  const { engine, calls } = await athena({ statuses: succeeded, execution, columns, pages: [[['rows'], ['7']]] })
  expect(await engine.run('create table')).toEqual({ columns: [], rows: [], bytesScanned: 42 })
  expect(calls).not.toContain('GetQueryResults')
})

test('it starts a statement in its workgroup under a token, and looks until it has ended', async () => {
  const statuses = [{ State: 'QUEUED' }, { State: 'RUNNING' }, { State: 'SUCCEEDED' }]
  const { engine, calls, inputs } = await athena({ statuses })
  await engine.run('select 1')
  await engine.run('select 1', { database: 'app_dev_olist_build' })
  expect(calls.slice(0, 4)).toEqual([
    'StartQueryExecution',
    'GetQueryExecution',
    'GetQueryExecution',
    'GetQueryExecution',
  ])
  const starts = inputs.filter(([action]) => action === 'StartQueryExecution').map(([, input]) => input)
  expect(starts[0]).toMatchObject({ QueryString: 'select 1', WorkGroup: 'pipeline' })
  expect(starts.map(({ QueryExecutionContext }) => QueryExecutionContext)).toEqual([
    { Catalog: 'AwsDataCatalog', Database: 'app_dev_shop_build' },
    { Catalog: 'AwsDataCatalog', Database: 'app_dev_olist_build' },
  ])
  expect(starts[0]?.ClientRequestToken).toMatch(/^.{32,128}$/)
  expect(starts[0]?.ClientRequestToken).not.toBe(starts[1]?.ClientRequestToken)
})

test.each([
  [2, 'SYNTAX_ERROR: line 1:8: Column x cannot be resolved', 'user'],
  [1, 'GENERIC_INTERNAL_ERROR: out\nof luck', 'engine'],
  [3, 'Query exhausted resources at this scale factor', 'engine'],
  [1, 'HIVE_PATH_ALREADY_EXISTS: Target directory for table', 'user'],
])('a failure of category %i is told in one line: %s', async (ErrorCategory, StateChangeReason, kind) => {
  const { engine } = await athena({
    statuses: [{ State: 'FAILED', StateChangeReason, AthenaError: { ErrorCategory } }],
  })
  const message = `query: ${StateChangeReason.replace('\n', ' ')}`
  await expect(engine.run('select')).rejects.toMatchObject({ name: 'QueryFailed', kind, message })
})

test('a statement that somebody else stopped is the engine’s trouble', async () => {
  const { engine } = await athena({ statuses: [{ State: 'CANCELLED', StateChangeReason: 'Query cancelled by user' }] })
  await expect(engine.run('select')).rejects.toMatchObject({
    kind: 'engine',
    message: expect.stringMatching('CANCELLED: q1 was stopped'),
  })
})

test('what Athena calls an invalid request is the user’s mistake', async () => {
  const intercept = () => {
    throw new ServiceError('InvalidRequestException', 'line 1:1: mismatched input')
  }
  const { engine, calls } = await athena({ statuses: succeeded, intercept })
  await expect(engine.run('selec')).rejects.toMatchObject({
    kind: 'user',
    message: 'query: line 1:1: mismatched input',
  })
  expect(calls).toHaveLength(1)
})

test('throttling is tried again under the same token, and in the end keeps its name, by which the step is', async () => {
  let times = 0
  const intercept = (action: string) => {
    times += 1
    if (action === 'StartQueryExecution' && times <= 4)
      throw new ServiceError('TooManyRequestsException', 'Rate exceeded')
    return undefined
  }
  const { engine, inputs } = await athena({ statuses: succeeded, intercept })
  await expect(engine.run('select')).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    message: expect.stringContaining('Rate exceeded'),
  })
  expect(await engine.run('select')).toMatchObject({ rows: [] })
  const tokens = inputs.filter(([action]) => action === 'StartQueryExecution').map(([, one]) => one.ClientRequestToken)
  expect(tokens.map((token) => tokens.indexOf(token))).toEqual([0, 0, 0, 3, 3])
})

test('an aborted statement is stopped, and rejects with the signal’s reason also when it cannot be', async () => {
  const intercept = (action: string) => {
    if (action === 'StopQueryExecution') throw new ServiceError('InvalidRequestException', 'too late')
    return undefined
  }
  for (const more of [{}, { intercept }]) {
    const { engine, calls } = await athena({ statuses: [{ State: 'RUNNING' }], ...more })
    const reason = new Error('enough')
    const signal = AbortSignal.any([AbortSignal.timeout(5_000), abortAfter(150, reason)])
    await expect(engine.run('select', { signal })).rejects.toBe(reason)
    expect(calls.at(-1)).toBe('StopQueryExecution')
  }
  const { engine, calls } = await athena({ statuses: succeeded })
  await expect(engine.run('select', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  expect(calls).toEqual([])
})

test('a closed engine runs nothing', async () => {
  const { engine, calls } = await athena({ statuses: succeeded })
  await engine.close()
  await expect(engine.run('select')).rejects.toMatchObject({ kind: 'engine', message: expect.stringMatching('closed') })
  expect(calls).toEqual([])
})

function abortAfter(milliseconds: number, reason: Error): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), milliseconds)
  return controller.signal
}
