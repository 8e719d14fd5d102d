import { createParquet } from '@droplake/columnar/write-parquet'
import type { Cell } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import { stagedColumns } from '@droplake/pipeline/staged'
import { bucketOf, hashSlots, type StagedGroup } from '@droplake/pipeline/step-records'

const mostRowsHeld = 32_768
/** A table without partitions may be large all the same: so many rows are divided by key hash. */
const leastRowsDivided = 8_192

/** Cleaned rows on their way into one staged file: one row group for each source and partition, more when there are many rows. */
export interface Staging {
  add(partition: string, columns: readonly Cell[][], row: number, extra: readonly Cell[]): void
  /** Writes what is held; call it between batches. */
  relieve(): Promise<void>
  /** Writes what is held and returns the groups since the last call: those of one source. */
  endSource(): Promise<StagedGroup[]>
  close(): Promise<{ key: string; bytes: number }>
  abort(): Promise<void>
}

export async function createStaging(store: ObjectStore, table: Table, key: string): Promise<Staging> {
  const columns = stagedColumns(table)
  const width = Object.keys(columns).length
  const hashColumn = Object.keys(columns).indexOf('_key_hash')
  const file = createParquet(columns, await store.writer(key))
  const held = new Map<string, Cell[][]>()
  let rowsHeld = 0
  let rowGroup = 0
  let groups: StagedGroup[] = []

  const flush = async () => {
    for (const [partition, cells] of [...held].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const rows = cells[0]?.length ?? 0
      const slots = table.partition || rows < leastRowsDivided ? [{ cells }] : divide(cells, hashColumn)
      for (const { cells: part, ...slot } of slots) {
        await file.writeGroup(part)
        groups.push({ partition, rowGroup: rowGroup++, rows: part[0]?.length ?? 0, ...slot })
      }
    }
    held.clear()
    rowsHeld = 0
  }

  return {
    add(partition, from, row, extra) {
      let cells = held.get(partition)
      if (!cells) {
        cells = Array.from({ length: width }, () => [])
        held.set(partition, cells)
      }
      const own = from.length
      for (let i = 0; i < own; i++) cells[i]?.push(from[i]?.[row] ?? null)
      for (let i = 0; i < extra.length; i++) cells[own + i]?.push(extra[i] ?? null)
      rowsHeld++
    },
    async relieve() {
      if (rowsHeld >= mostRowsHeld) await flush()
    },
    async endSource() {
      await flush()
      const ended = groups
      groups = []
      return ended
    },
    async close() {
      const { bytes } = await file.close()
      return { key, bytes }
    },
    abort: () => file.abort(),
  }
}

/** The rows by the slot of their key hash; slots without rows are left out. */
function divide(cells: readonly Cell[][], hashColumn: number): { slot: number; cells: Cell[][] }[] {
  const slots = Array.from({ length: hashSlots }, (_, slot) => ({ slot, cells: cells.map((): Cell[] => []) }))
  for (const [i, hash] of (cells[hashColumn] ?? []).entries()) {
    const target = slots[bucketOf(hash as bigint, hashSlots)]?.cells ?? []
    for (let c = 0; c < cells.length; c++) target[c]?.push(cells[c]?.[i] ?? null)
  }
  return slots.filter((slot) => (slot.cells[0]?.length ?? 0) > 0)
}
