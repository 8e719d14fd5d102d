import { hashCells } from '@droplake/columnar/key-hash'
import { openParquet, type ParquetIn } from '@droplake/columnar/read-parquet'
import { type Cell, sqlType } from '@droplake/contracts/column'
import type { Columns } from '@droplake/contracts/table'
import { isSame, lossOf, widening } from '@droplake/contracts/widen'
import { ObjectNotFound, type ObjectStore } from '@droplake/lake/object-store'
import { DamagedObject } from './records.ts'

type StoredFile = { key: string; bytes: number }

/** Thrown when a stored column cannot be read as its contract's type without losing something. */
export class LayoutRefused extends Error {
  override readonly name = 'LayoutRefused'
}

/** A file as it lies there. Throws `DamagedObject` when it is gone, or is not the file that was written. */
export async function openStored(store: ObjectStore, file: StoredFile): Promise<ParquetIn> {
  let refused: unknown
  const read = async (range: { start: number; end: number }) => {
    try {
      return await store.read(file.key, { range })
    } catch (error) {
      if (!(error instanceof ObjectNotFound)) refused = error
      throw error
    }
  }
  /** What the store refuses for other reasons says nothing about the file. */
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (refused !== undefined) throw refused
      throw new DamagedObject(file.key, error instanceof ObjectNotFound ? 'is gone' : 'is damaged', { cause: error })
    }
  }
  const parquet = await guarded(() => openParquet(read, file.bytes))
  return { ...parquet, readGroup: (group, names) => guarded(() => parquet.readGroup(group, names)) }
}

/** What a file's cells are read as: the contract's types. */
export interface ReadAs {
  columns: Columns
  /** Columns of the key's hash, where it has to be made anew from their cells. */
  rehash?: readonly string[]
}

const asStored: ReadAs = { columns: {} }

/**
 * A stored file, read as the contract has it by now: cells are widened, a column that the file lacks is null. Throws
 * `LayoutRefused` on a column that is asked for and cannot be widened.
 */
export async function openAs(
  store: ObjectStore,
  file: StoredFile,
  { columns, rehash }: ReadAs = asStored,
): Promise<Pick<ParquetIn, 'rowGroups' | 'readGroup'>> {
  const parquet = await openStored(store, file)
  const widen = async (group: number, names: readonly string[]): Promise<Cell[][]> => {
    const there = names.filter((name) => parquet.columns[name])
    const cells = await parquet.readGroup(group, there)
    const rows = parquet.rowGroups[group] ?? 0
    return names.map((name) => {
      const [stored, declared] = [parquet.columns[name]?.type, columns[name]?.type]
      if (!stored) return new Array<Cell>(rows).fill(null)
      const column = cells[there.indexOf(name)] ?? []
      if (!declared) return column
      const cell = widening(stored, declared)
      if (!cell)
        throw new LayoutRefused(
          `column ${name} of ${file.key} is stored as ${sqlType(stored)} and declared as ${sqlType(declared)}, which ${lossOf(stored, declared)}`,
        )
      return isSame(cell) ? column : column.map(cell)
    })
  }
  return {
    rowGroups: parquet.rowGroups,
    async readGroup(group, names) {
      if (!rehash || !names.includes('_key_hash')) return widen(group, names)
      const cells = await widen(group, [...names, ...rehash])
      const keyed = cells.splice(names.length)
      cells[names.indexOf('_key_hash')] = Array.from({ length: parquet.rowGroups[group] ?? 0 }, (_, row) =>
        hashCells(keyed, row),
      )
      return cells
    },
  }
}

/** The asked columns of a whole file, one row group at a time. */
export async function* storedColumns(
  store: ObjectStore,
  file: StoredFile,
  names: readonly string[],
  as?: ReadAs,
): AsyncIterable<Cell[][]> {
  const parquet = await openAs(store, file, as)
  for (let group = 0; group < parquet.rowGroups.length; group++) yield await parquet.readGroup(group, names)
}
