import type { Cell } from '@droplake/contracts/column'
import type { ObjectWriter } from '@droplake/lake/object-store'
import type { ColumnSource } from 'hyparquet-writer'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { snappyCompressor } from 'hysnappy'
import { type ParquetColumns, schemaOf } from './parquet-schema.ts'

/** A Parquet file in the making. */
export interface ParquetOut {
  /** Writes one row group: one array a column, in the order of the columns, all of one length. No rows, no group. */
  writeGroup(cells: readonly Cell[][]): Promise<void>
  /** Ends the file and the object; `rowGroups` holds the rows of each group. */
  close(): Promise<{ rows: number; rowGroups: number[]; bytes: number; key: string }>
  abort(): Promise<void>
}

/** Readers of Parquet look for a name and a version here before they trust statistics. */
const createdBy = 'hyparquet-writer version 0.17.0 (build droplake)'

/**
 * Parquet with Snappy and statistics, its bytes handed to `out` after each row group. The same groups give the same
 * bytes. A cell that does not fit its column throws, and the file can then only be aborted.
 */
export function createParquet(columns: ParquetColumns, out: ObjectWriter): ParquetOut {
  const names = Object.keys(columns)
  const buffer = new ByteWriter(1 << 16)
  // One compressor a file: what it keeps from one page helps the next, so a shared one would make bytes depend on other files.
  const writer = new ParquetWriter({
    writer: buffer,
    schema: schemaOf(columns),
    codec: 'SNAPPY',
    compressors: { SNAPPY: snappyCompressor() },
    createdBy,
  })
  const rowGroups: number[] = []

  async function drain(): Promise<void> {
    const bytes = buffer.getBytes().slice()
    buffer.index = 0
    await out.write(bytes)
  }

  return {
    async writeGroup(cells) {
      const rows = cells[0]?.length ?? 0
      if (cells.length !== names.length || cells.some((column) => column.length !== rows))
        throw new Error(`parquet: a group is ${names.length} columns of one length, got ${cells.map((c) => c.length)}`)
      if (rows === 0) return
      await writer.write({ columnData: names.map((name, i) => source(name, columns, cells[i]!)), rowGroupSize: rows })
      rowGroups.push(rows)
      await drain()
    },
    async close() {
      await writer.finish()
      await drain()
      const { key } = await out.close()
      return { rows: rowGroups.reduce((sum, rows) => sum + rows, 0), rowGroups, bytes: buffer.offset, key }
    },
    abort: () => out.abort(),
  }
}

function source(name: string, columns: ParquetColumns, data: Cell[]): ColumnSource {
  const { type, required } = columns[name]!
  if (required && data.includes(null)) throw new Error(`parquet: column ${name} is required, got null`)
  // A dictionary of doubles would make -0 of 0, or 0 of -0.
  return type.kind === 'double' ? { name, data, encoding: 'PLAIN' } : { name, data }
}
