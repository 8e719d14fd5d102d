import { type Input, type JsonService, jsonService, ServiceError } from './json-service.ts'

/** Answers a call in the service's place, or throws a `ServiceError`; undefined leaves it to the service. */
export type Intercept = (action: string, input: Input) => Promise<object | undefined> | object | undefined

export interface MemoryGlue extends JsonService {
  /** Asked before each call; a test sets it. */
  intercept: Intercept
  /** As the service holds them, by `database.name`. */
  tables: Map<string, Input>
  /** By `database.name`, then by value. */
  partitions: Map<string, Map<string, Input>>
}

/** Glue's catalog in memory, with databases for every name, and pages so small that they matter. */
export async function memoryGlue(): Promise<MemoryGlue> {
  const tables: MemoryGlue['tables'] = new Map()
  const partitions: MemoryGlue['partitions'] = new Map()
  const nameOf = ({ DatabaseName, TableName, Name, TableInput }: Input) =>
    `${DatabaseName}.${TableName ?? Name ?? TableInput.Name}`
  const existing = (input: Input): Input => {
    const table = tables.get(nameOf(input))
    if (table) return table
    throw new ServiceError('EntityNotFoundException', `Table ${nameOf(input)} not found`)
  }
  const partitionsOf = (input: Input) => {
    existing(input)
    const found = partitions.get(nameOf(input)) ?? new Map<string, Input>()
    partitions.set(nameOf(input), found)
    return found
  }
  const refusal = (PartitionValues: string[], ErrorCode: string) => ({ PartitionValues, ErrorDetail: { ErrorCode } })
  const write = (input: Input, of: object) =>
    tables.set(nameOf(input), { ...input.TableInput, DatabaseName: input.DatabaseName, ...of })

  const actions: Record<string, (input: Input) => object> = {
    GetDatabases: () => {
      const names = [...tables.values()].map(({ DatabaseName }) => String(DatabaseName))
      return { DatabaseList: [...new Set(names)].map((Name) => ({ Name })) }
    },
    GetTable: (input) => ({ Table: existing(input) }),
    GetTables: (input) => {
      const all = [...tables.values()].filter(({ DatabaseName }) => DatabaseName === input.DatabaseName)
      return page('TableList', all, input)
    },
    CreateTable: (input) => {
      if (tables.has(nameOf(input))) throw new ServiceError('AlreadyExistsException', 'Table already exists')
      write(input, { VersionId: '0', CreateTime: Date.now() / 1_000 })
      return {}
    },
    UpdateTable: (input) => {
      const { VersionId, CreateTime } = existing(input)
      if (input.VersionId !== VersionId)
        throw new ServiceError('ConcurrentModificationException', 'Update table failed due to concurrent modifications')
      write(input, { VersionId: String(Number(VersionId) + 1), CreateTime })
      return {}
    },
    DeleteTable: (input) => {
      existing(input)
      tables.delete(nameOf(input))
      partitions.delete(nameOf(input))
      return {}
    },
    BatchDeleteTable: ({ DatabaseName, TablesToDelete }) => {
      for (const Name of TablesToDelete) tables.delete(`${DatabaseName}.${Name}`)
      return { Errors: [] }
    },
    GetPartitions: (input) => page('Partitions', [...partitionsOf(input).values()], input),
    BatchCreatePartition: (input) => {
      const Errors = []
      for (const one of input.PartitionInputList)
        if (partitionsOf(input).has(one.Values[0])) Errors.push(refusal(one.Values, 'AlreadyExistsException'))
        else partitionsOf(input).set(one.Values[0], one)
      return { Errors }
    },
    BatchUpdatePartition: (input) => {
      for (const { PartitionInput } of input.Entries) partitionsOf(input).set(PartitionInput.Values[0], PartitionInput)
      return { Errors: [] }
    },
    BatchDeletePartition: (input) => {
      for (const { Values } of input.PartitionsToDelete) partitionsOf(input).delete(Values[0])
      return { Errors: [] }
    },
  }

  const glue: MemoryGlue = {
    ...(await jsonService(async (action, input) => {
      const answer = await glue.intercept(action, input)
      if (answer) return answer
      const act = actions[action]
      if (!act) throw new ServiceError('InvalidAction', action)
      return act(input)
    })),
    intercept: () => undefined,
    tables,
    partitions,
  }
  return glue
}

function page(name: 'TableList' | 'Partitions', all: Input[], { NextToken = '0' }: Input): object {
  const to = Number(NextToken) + pages[name]
  return { [name]: all.slice(Number(NextToken), to), ...(to < all.length ? { NextToken: String(to) } : {}) }
}

const pages = { TableList: 2, Partitions: 60 }
