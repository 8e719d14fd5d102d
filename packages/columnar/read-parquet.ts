import type { Cell } from '@droplake/contracts/column'
import type { ByteRange } from '@droplake/lake/object-store'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet'
import { snappyUncompressor } from 'hysnappy'
import { columnsOf, type ParquetColumns } from './parquet-schema.ts'

/** A Parquet file that `createParquet` wrote. */
export interface ParquetIn {
  columns: ParquetColumns
  /** Rows of each row group. */
  rowGroups: number[]
  rows: number
  /** Cells of some columns of one row group, one array a name, as they were written. Reads these bytes only. */
  readGroup(group: number, names: readonly string[]): Promise<Cell[][]>
}

const uncompress = snappyUncompressor()
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const parsers = { stringFromBytes: (bytes: Uint8Array): string => utf8.decode(bytes) }

/** Reads the footer; throws on bytes that are no Parquet, or hold columns of other kinds than the contract's. */
export async function openParquet(read: (range: ByteRange) => Promise<Uint8Array>, size: number): Promise<ParquetIn> {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: async (start, end = size) => arrayBuffer(await read({ start, end })),
  }
  // The footer of a file of few groups is small; a longer one is read in a second step.
  const metadata = await parquetMetadataAsync(file, { parsers, initialFetchSize: 1 << 16 })
  const columns = columnsOf(metadata.schema)
  const raw: FileMetaData = { ...metadata, schema: metadata.schema.map(withoutLogicalType) }
  const rowGroups = metadata.row_groups.map((group) => Number(group.num_rows))
  const firstRows = rowGroups.map((_, group) => rowGroups.slice(0, group).reduce((sum, rows) => sum + rows, 0))

  return {
    columns,
    rowGroups,
    rows: Number(metadata.num_rows),
    async readGroup(group, names) {
      const rowStart = firstRows[group]
      const rows = rowGroups[group]
      if (rowStart === undefined || rows === undefined)
        throw new Error(`parquet: the file has ${rowGroups.length} row groups, got ${group}`)
      for (const name of names) if (!columns[name]) throw new Error(`parquet: the file has no column ${name}`)
      if (rows === 0) return names.map(() => [])
      const scan = await parquetScan({
        file: await fetched(file, chunkRanges(raw, group, names)),
        metadata: raw,
        columns: [...names],
        compressors: { SNAPPY: uncompress },
        parsers,
      })
      const range = { rowStart, rowEnd: rowStart + rows }
      return Promise.all(
        names.map(async (column) => cellsOf(await scan.readColumn({ column, ...range }), columns[column]!.type.kind)),
      )
    },
  }
}

/** Times, dates and decimals are wanted as the integers that they are stored as. */
function withoutLogicalType(element: SchemaElement): SchemaElement {
  const { converted_type, logical_type, ...physical } = element
  return converted_type === 'UTF8' ? { ...physical, converted_type } : physical
}

function cellsOf(values: ArrayLike<unknown>, kind: string): Cell[] {
  const cells: Cell[] = new Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Cell | undefined
    if (value === null || value === undefined) cells[i] = null
    else if (kind === 'timestamp') cells[i] = Number(value)
    else if (kind === 'decimal' && typeof value === 'number') cells[i] = BigInt(value)
    else cells[i] = value
  }
  return cells
}

/** Byte ranges of column chunks, those that touch as one. */
export function chunkRanges(metadata: FileMetaData, group: number, names: readonly string[]): ByteRange[] {
  const ranges: ByteRange[] = []
  for (const { meta_data: chunk } of metadata.row_groups[group]?.columns ?? []) {
    if (!chunk || !names.includes(chunk.path_in_schema[0] ?? '')) continue
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset)
    const end = start + Number(chunk.total_compressed_size)
    const previous = ranges.at(-1)
    if (previous?.end === start) previous.end = end
    else ranges.push({ start, end })
  }
  return ranges
}

/** A file of which some ranges are in memory. */
export async function fetched(file: AsyncBuffer, ranges: readonly ByteRange[]): Promise<AsyncBuffer> {
  const buffers = await Promise.all(ranges.map(({ start, end }) => file.slice(start, end)))
  return {
    byteLength: file.byteLength,
    slice(start, end = file.byteLength) {
      const index = ranges.findIndex((range) => range.start <= start && end <= range.end)
      const from = ranges[index]?.start ?? 0
      return buffers[index]?.slice(start - from, end - from) ?? file.slice(start, end)
    },
  }
}

export function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer
  return Uint8Array.from(bytes).buffer
}
