import type { Cell } from '@droplake/contracts/column'
import type { Lookup } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { TableState } from '@droplake/pipeline/lake-state'
import { type ReadAs, storedColumns } from '@droplake/pipeline/stored-rows'

/** A looked-up table in memory: what is taken of a row, by its key. */
export interface LoadedLookup {
  /** Own columns that the key is made of, in the order of the key. */
  on: string[]
  /** New columns, in the order of `take`'s cells. */
  columns: string[]
  /** The taken cells; undefined when there is no such row, or a part of the key is null. */
  find(key: readonly Cell[]): Cell[] | undefined
}

const keyOf = (cells: readonly Cell[]) => (cells.length === 1 ? cells[0] : cells.map(String).join('\0'))

export async function loadLookup(
  store: ObjectStore,
  lookup: Lookup,
  { state, as }: { state: TableState | undefined; as: ReadAs },
): Promise<LoadedLookup> {
  const rows = new Map<Cell | undefined, Cell[]>()
  const theirs = Object.values(lookup.on)
  const taken = Object.values(lookup.take)
  for (const { files } of Object.values(state?.partitions ?? {}))
    for (const file of files)
      for await (const cells of storedColumns(store, file, [...theirs, ...taken], as)) {
        const keys = cells.slice(0, theirs.length)
        const values = cells.slice(theirs.length)
        for (let i = 0; i < (cells[0]?.length ?? 0); i++)
          rows.set(
            keyOf(keys.map((column) => column[i] ?? null)),
            values.map((column) => column[i] ?? null),
          )
      }
  return {
    on: Object.keys(lookup.on),
    columns: Object.keys(lookup.take),
    find: (key) => (key.includes(null) ? undefined : rows.get(keyOf(key))),
  }
}
