import { isDeepStrictEqual } from 'node:util'
import type { Column, Partition, PartitionInput, StorageDescriptor, Table, TableInput } from '@aws-sdk/client-glue'
import { parameter } from './glue-tables.ts'

/** Whether Glue holds what is wanted already. What others write beside it, and the log entry that wrote it, do not count. */
export function sameTable(found: Table, wanted: TableInput): boolean {
  const facts = (table: Table | TableInput) => ({
    description: table.Description ?? '',
    type: table.TableType,
    view: table.ViewOriginalText ?? '',
    keys: columns(table.PartitionKeys),
    storage: storage(table.StorageDescriptor),
    parameters: ours(table.Parameters, wanted.Parameters),
  })
  return isDeepStrictEqual(facts(found), facts(wanted))
}

export function samePartition(found: Partition, wanted: PartitionInput): boolean {
  const facts = (partition: Partition | PartitionInput) => ({
    storage: storage(partition.StorageDescriptor),
    parameters: ours(partition.Parameters, wanted.Parameters),
  })
  return isDeepStrictEqual(facts(found), facts(wanted))
}

const columns = (of: Column[] = []) =>
  of.map(({ Name, Type, Comment = '', Parameters = {} }) => ({ Name, Type, Comment, parameters: { ...Parameters } }))

const storage = (of: StorageDescriptor | undefined) => ({
  columns: columns(of?.Columns),
  location: of?.Location ?? '',
  input: of?.InputFormat ?? '',
  serializer: of?.SerdeInfo?.SerializationLibrary ?? '',
})

function ours(found: Record<string, string> = {}, wanted: Record<string, string> = {}): Record<string, string> {
  const entries = Object.entries(found).filter(
    ([name]) => name !== parameter.seq && (name in wanted || name.startsWith('droplake.')),
  )
  return Object.fromEntries(entries)
}
