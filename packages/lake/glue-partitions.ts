import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  BatchUpdatePartitionCommand,
  type GlueClient,
  type Partition,
  type PartitionInput,
  paginateGetPartitions,
} from '@aws-sdk/client-glue'
import { about, absent, chunks, type Refusal, refuse, type TableAt, taken, told } from './glue-calls.ts'
import { samePartition } from './glue-same.ts'

/** What Glue takes at once. */
const writeLimit = 100
const deleteLimit = 25

export async function listPartitions(client: GlueClient, { database, name }: TableAt): Promise<Partition[]> {
  const found: Partition[] = []
  try {
    for await (const page of paginateGetPartitions({ client }, { DatabaseName: database, TableName: name }))
      found.push(...(page.Partitions ?? []))
  } catch (error) {
    throw about(error, `cannot list the partitions of ${database}.${name}`)
  }
  return found
}

/**
 * Brings a table's partitions to the wanted ones and looks whether they are. Nothing guards partitions against a writer
 * that is late, so `still` is awaited right before each batch; it throws where that may no longer be.
 */
export async function bringPartitions(
  client: GlueClient,
  at: TableAt,
  { wanted, still }: { wanted: readonly PartitionInput[]; still?: () => Promise<void> },
): Promise<void> {
  for (let round = 1; round <= 5; round += 1) {
    const work = differences(await listPartitions(client, at), wanted)
    if (work.create.length + work.update.length + work.remove.length === 0) return
    for (const batch of chunks(work.create, writeLimit)) {
      await still?.()
      work.update.push(...(await create(client, at, batch)))
    }
    for (const batch of chunks(work.update, writeLimit)) {
      await still?.()
      await update(client, at, batch)
    }
    for (const batch of chunks(work.remove, deleteLimit)) {
      await still?.()
      await remove(client, at, batch)
    }
  }
  throw new Error(`catalog: partitions of ${at.database}.${at.name} change under another writer; run again`)
}

function differences(found: readonly Partition[], wanted: readonly PartitionInput[]) {
  const there = new Map(found.map((partition) => [partitionValue(partition), partition]))
  const kept = new Set(wanted.map(partitionValue))
  const isThere = (input: PartitionInput) => there.get(partitionValue(input))
  return {
    create: wanted.filter((input) => !isThere(input)),
    update: wanted.filter((input) => {
      const partition = isThere(input)
      return partition !== undefined && !samePartition(partition, input)
    }),
    remove: [...there.keys()].filter((value) => !kept.has(value)),
  }
}

/** Returns what was there already. */
async function create(client: GlueClient, at: TableAt, batch: PartitionInput[]): Promise<PartitionInput[]> {
  const command = new BatchCreatePartitionCommand({ ...names(at), PartitionInputList: batch })
  const { Errors = [] } = await client.send(command)
  const errors = refusals(Errors)
  check(at, batch.length, errors, taken)
  const there = new Set(errors.map(({ entry }) => entry))
  return batch.filter((input) => there.has(partitionValue(input)))
}

async function update(client: GlueClient, at: TableAt, batch: PartitionInput[]): Promise<void> {
  const entries = batch.map((input) => ({ PartitionValueList: input.Values, PartitionInput: input }))
  const { Errors = [] } = await client.send(new BatchUpdatePartitionCommand({ ...names(at), Entries: entries }))
  const errors = Errors.map(({ PartitionValueList, ErrorDetail }) => ({
    PartitionValues: PartitionValueList,
    ErrorDetail,
  }))
  // What another writer deleted meanwhile is created in the next round.
  check(at, batch.length, refusals(errors), absent)
}

async function remove(client: GlueClient, at: TableAt, values: string[]): Promise<void> {
  const entries = values.map((value) => ({ Values: [value] }))
  const { Errors = [] } = await client.send(
    new BatchDeletePartitionCommand({ ...names(at), PartitionsToDelete: entries }),
  )
  check(at, values.length, refusals(Errors), absent)
}

const names = ({ database, name }: TableAt) => ({ DatabaseName: database, TableName: name })
const partitionValue = ({ Values = [] }: Partition | PartitionInput) => Values[0] ?? ''

const refusals = (errors: { PartitionValues?: string[] | undefined; ErrorDetail?: Parameters<typeof told>[0] }[]) =>
  errors.map(({ PartitionValues = [], ErrorDetail }) => ({ entry: PartitionValues.join(), ...told(ErrorDetail) }))

function check({ database, name }: TableAt, of: number, errors: Refusal[], fine: string): void {
  refuse(
    errors.filter(({ code }) => code !== fine),
    { what: `partitions of ${database}.${name}`, of },
  )
}
