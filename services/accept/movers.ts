import type { Table } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { TableState } from '@droplake/pipeline/lake-state'
import { readCleaned } from '@droplake/pipeline/layouts'
import { identity } from '@droplake/pipeline/staged'
import type { StagedGroup } from '@droplake/pipeline/step-records'
import { openStored, storedColumns } from '@droplake/pipeline/stored-rows'
import { createHashIndex } from './hash-index.ts'

/** Whether a row's key may come back with another partition. */
export function mayMove(table: Table): boolean {
  const { partition } = table
  return (
    partition !== undefined &&
    !partition.immutable &&
    table.dedupe !== 'none' &&
    !identity(table).includes(partition.of)
  )
}

/** A staged file, and those of its row groups that belong to taken sources. */
export interface StagedFile {
  file: { key: string; bytes: number }
  groups: readonly StagedGroup[]
}

/**
 * The key hashes among the staged rows whose rows lie in more than one partition, staged or stored, with those partitions.
 * An order whose purchase month was corrected is one: both months must then be looked at together.
 */
export async function findMovers(
  store: ObjectStore,
  table: Table,
  { staged, stored }: { staged: readonly StagedFile[]; stored: TableState | undefined },
): Promise<Record<string, string[]>> {
  const rows = staged.reduce((sum, { groups }) => sum + groups.reduce((n, group) => n + group.rows, 0), 0)
  const partitions: string[] = []
  const numberOf = new Map<string, number>()
  const number = (partition: string) => {
    const known = numberOf.get(partition)
    if (known !== undefined) return known
    numberOf.set(partition, partitions.length)
    return partitions.push(partition) - 1
  }
  const index = createHashIndex(rows)
  const movers = new Map<bigint, Set<number>>()
  const seen = (hash: bigint, partition: number, first: number) => {
    if (first === partition) return
    const places = movers.get(hash) ?? new Set([first])
    movers.set(hash, places.add(partition))
  }

  for (const { file, groups } of staged) {
    const parquet = await openStored(store, file)
    for (const group of groups) {
      const partition = number(group.partition)
      const [hashes = []] = await parquet.readGroup(group.rowGroup, ['_key_hash'])
      for (const hash of hashes) seen(hash as bigint, partition, index.add(hash as bigint, partition))
    }
  }
  for (const [value, version] of Object.entries(stored?.partitions ?? {})) {
    const partition = number(value)
    const as = readCleaned(table, stored, version)
    for (const file of version.files)
      for await (const [hashes = []] of storedColumns(store, file, ['_key_hash'], as))
        for (const hash of hashes) {
          const first = index.find(hash as bigint)
          if (first !== undefined) seen(hash as bigint, partition, first)
        }
  }
  return Object.fromEntries(
    [...movers].map(([hash, places]) => [String(hash), [...places].map((at) => partitions[at] ?? '').sort()]),
  )
}
