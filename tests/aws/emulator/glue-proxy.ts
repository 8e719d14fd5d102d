import { type Answer, type Fault, refusal, startFaultProxy } from './fault-proxy.ts'

/** Puts right what MiniStack's Glue does otherwise than AWS's, as far as something here depends on it. */
export async function startGlueProxy(aws: string) {
  const { endpoint, faults, stop } = await startFaultProxy(aws)
  faults.push(...repairs((action, input) => send(aws, action, input)))
  return { endpoint, env: { AWS_ENDPOINT_URL_GLUE: endpoint }, stop }
}

type Input = Record<string, unknown>
type Send = (action: string, input: Input) => Promise<Answer>

async function send(aws: string, action: string, input: Input): Promise<Answer> {
  const response = await fetch(aws, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'x-amz-target': `AWSGlue.${action}`,
      'content-type': 'application/x-amz-json-1.1',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=x',
    },
  })
  return { status: response.status, body: (await response.json()) as Input }
}

function repairs(upstream: Send): Fault[] {
  const inTurn = queue()
  return [
    withinLimits,
    on('CreateTable', (_call, ask) => inTurn(ask)),
    on('UpdateTable', ({ input }) => inTurn(() => upstream('UpdateTable', replacing(input)))),
    on('BatchDeletePartition', deletePartitions(upstream)),
    ofATable(upstream),
    inPages,
    withoutEmptyFields,
  ]
}

/** One piece of work after the other. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}

const on =
  (action: string, repair: Fault): Fault =>
  async (call, ask) =>
    call.action === action ? repair(call, ask) : undefined

/** Sizes that AWS refuses and MiniStack takes. */
const withinLimits: Fault = async ({ action, input }) => {
  const [list, most] = limits[action] ?? []
  const entries = list === undefined ? [] : (input[list] as unknown[])
  if (most !== undefined && entries.length > most)
    return refusal(
      'ValidationException',
      `1 validation error detected: Value at '${list}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    )
  const long =
    action === 'CreateTable' || action === 'UpdateTable' ? overlong(input.TableInput as TableInput) : undefined
  return long ? refusal('ValidationException', long) : undefined
}

const limits: Record<string, [list: string, most: number]> = {
  BatchCreatePartition: ['PartitionInputList', 100],
  BatchUpdatePartition: ['Entries', 100],
  BatchDeletePartition: ['PartitionsToDelete', 25],
  BatchDeleteTable: ['TablesToDelete', 100],
}

interface TableInput {
  Description?: string
  Parameters?: Record<string, string>
  StorageDescriptor?: { Columns?: { Name: string; Comment?: string }[] }
}

function overlong({ Description = '', Parameters = {}, StorageDescriptor = {} }: TableInput): string | undefined {
  if (Buffer.byteLength(Description) > 2_048) return 'Description is longer than 2048 bytes'
  for (const [name, value] of Object.entries(Parameters))
    if (Buffer.byteLength(value) > 512_000) return `parameter ${name} is longer than 512000 bytes`
  for (const { Name, Comment = '' } of StorageDescriptor.Columns ?? [])
    if (Buffer.byteLength(Comment) > 255 || /[\r\n]/.test(Comment)) return `comment of ${Name} is no line of 255 bytes`
  return undefined
}

/** AWS replaces a table by the input; MiniStack keeps what the input leaves out. */
const replacing = (input: Input): Input => ({
  ...input,
  TableInput: {
    Description: '',
    Owner: '',
    StorageDescriptor: {},
    PartitionKeys: [],
    Parameters: {},
    ViewOriginalText: null,
    ViewExpandedText: null,
    ...(input.TableInput as Input),
  },
})

/** MiniStack deletes partitions one at a time, and never misses one. */
function deletePartitions(upstream: Send): Fault {
  return async ({ input: { PartitionsToDelete, ...at } }) => {
    const Errors: object[] = []
    for (const { Values } of PartitionsToDelete as { Values: string[] }[]) {
      const one = { ...at, PartitionValues: Values }
      const found = await upstream('GetPartition', one)
      if (found.status === 200) await upstream('DeletePartition', one)
      else
        Errors.push({
          PartitionValues: Values,
          ErrorDetail: { ErrorCode: 'EntityNotFoundException', ErrorMessage: 'Partition not found.' },
        })
    }
    return { status: 200, body: { Errors } }
  }
}

/** MiniStack lists and writes partitions of tables, and lists tables of databases, that do not exist. */
function ofATable(upstream: Send): Fault {
  return async ({ action, input: { DatabaseName, TableName } }) => {
    if (action === 'GetTables') {
      const database = await upstream('GetDatabase', { Name: DatabaseName })
      return database.status === 200 ? undefined : database
    }
    if (!/^(?:GetPartitions|BatchCreatePartition|CreatePartition)$/.test(action)) return undefined
    const table = await upstream('GetTable', { DatabaseName, Name: TableName })
    return table.status === 200 ? undefined : table
  }
}

/** AWS answers a hundred tables, or a thousand partitions, at a time; MiniStack all. */
const inPages: Fault = async ({ action, input }, ask) => {
  const [list, most] = pages[action] ?? []
  if (list === undefined || most === undefined) return undefined
  const answer = await ask()
  if (answer.status !== 200) return answer
  const all = answer.body[list] as Input[]
  const from = Number(input.NextToken ?? 0)
  const to = from + Math.min(most, Number(input.MaxResults ?? most))
  const page = { [list]: all.slice(from, to).map(withoutEmpty), ...(to < all.length ? { NextToken: String(to) } : {}) }
  return { status: 200, body: page }
}

const pages: Record<string, [list: string, most: number]> = {
  GetTables: ['TableList', 100],
  GetPartitions: ['Partitions', 1_000],
}

/** AWS leaves out what a table has not. Trino takes an empty description for the comment that marks a view. */
const withoutEmptyFields = on('GetTable', async (_call, ask) => {
  const answer = await ask()
  return answer.status === 200 ? { ...answer, body: { Table: withoutEmpty(answer.body.Table as Input) } } : answer
})

const withoutEmpty = (of: Input): Input =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== '' && value !== null))
