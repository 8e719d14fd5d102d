import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetScan, type SchemaElement } from 'hyparquet'
import { snappyUncompressor } from 'hysnappy'
import type { FileBytes } from './file-bytes.ts'
import { arrayBuffer, chunkRanges, fetched } from './read-parquet.ts'

/** Bytes of a row group's columns: they are held together. */
const mostGroupBytes = 2 ** 28
const sliceRows = 8192

/** Whether a file is Parquet, by its first bytes. */
export const isParquet = (head: Uint8Array): boolean => Buffer.from(head.subarray(0, 4)).toString('latin1') === 'PAR1'

/** Names of the top-level columns of a Parquet file. */
export async function parquetColumns(file: FileBytes): Promise<string[]> {
  const { schema } = await readMetadata(asyncBuffer(file))
  return topColumns(schema).map(({ name }) => name)
}

/**
 * A Parquet file of another program as CSV: a header and every row, so that it is read, checked and rejected like any other
 * file. Every value is written as text that reads as the same value: times in UTC, decimals digit by digit, floats by their
 * shortest text; a null, and a number that is none, is an empty cell. Lists and structures are JSON.
 *
 * Holds one row group's bytes and some thousand rows at a time. Throws on bytes that are no whole Parquet file.
 */
export async function* parquetAsCsv(file: FileBytes): AsyncIterable<Uint8Array> {
  const buffer = asyncBuffer(file)
  const metadata = await readMetadata(buffer)
  const columns = topColumns(metadata.schema)
  const names = columns.map(({ name }) => name)
  const raw: FileMetaData = { ...metadata, schema: metadata.schema.map(withoutDecimal) }
  yield Buffer.from(`${names.map(quoted).join(',')}\n`)
  let rowStart = 0
  for (const [group, { num_rows }] of metadata.row_groups.entries()) {
    const groupEnd = rowStart + Number(num_rows)
    const ranges = chunkRanges(raw, group, names)
    if (ranges.reduce((sum, { start, end }) => sum + end - start, 0) > mostGroupBytes)
      throw new Error(`its row groups are larger than ${mostGroupBytes} bytes; write it with smaller ones`)
    const scan = await parquetScan({
      file: await fetched(buffer, ranges),
      metadata: raw,
      columns: names,
      compressors,
      parsers,
      utf8: false,
      useOffsetIndex: false,
    })
    for (; rowStart < groupEnd; rowStart += sliceRows) {
      const range = { rowStart, rowEnd: Math.min(groupEnd, rowStart + sliceRows) }
      const cells = await Promise.all(
        columns.map(async (element) => textCells(await scan.readColumn({ column: element.name, ...range }), element)),
      )
      const lines: string[] = []
      for (let row = 0; row < range.rowEnd - range.rowStart; row++)
        lines.push(`${cells.map((of) => of[row]).join(',')}\n`)
      yield Buffer.from(lines.join(''))
    }
    rowStart = groupEnd
  }
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength < 12) throw new Error('it ends too early')
  return parquetMetadataAsync(file, { initialFetchSize: 1 << 16 })
}

const asyncBuffer = (file: FileBytes): AsyncBuffer => ({
  byteLength: file.size,
  slice: async (start, end = file.size) => arrayBuffer(await file.read({ start, end })),
})

const time = (millis: bigint | number): string => {
  const date = new Date(Number(millis))
  // Beyond what a date can be, the number itself stands there, and is rejected with its row.
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString()
}
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const textOf = (bytes: Uint8Array | undefined): string => (bytes ? utf8.decode(bytes) : '')

const floored = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by

const parsers = {
  timestampFromMilliseconds: time,
  timestampFromMicroseconds: (micros: bigint) => time(floored(micros, 1000n)),
  timestampFromNanoseconds: (nanos: bigint) => time(floored(nanos, 1_000_000n)),
  dateFromDays: (days: number) => time(days * 86_400_000).replace('T00:00:00.000Z', ''),
  stringFromBytes: textOf,
  jsonFromBytes: textOf,
}

const limit = (size: number) => ({ maxOutputLength: Math.max(1, size) })
const compressors = {
  SNAPPY: snappyUncompressor(),
  GZIP: (bytes: Uint8Array, size: number) => gunzipSync(bytes, limit(size)),
  ZSTD: (bytes: Uint8Array, size: number) => zstdDecompressSync(bytes, limit(size)),
  BROTLI: (bytes: Uint8Array, size: number) => brotliDecompressSync(bytes, limit(size)),
}

/** The elements of the schema that are columns of a row: the root's children. */
function topColumns(schema: readonly SchemaElement[]): SchemaElement[] {
  const top: SchemaElement[] = []
  for (let at = 1; at < schema.length; ) {
    const element = schema[at] as SchemaElement
    top.push(element)
    let open = element.num_children ?? 0
    for (at++; open > 0; at++) open += (schema[at]?.num_children ?? 0) - 1
  }
  return top
}

const isDecimal = ({ converted_type, logical_type }: SchemaElement) =>
  converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL'

/** Decimals are wanted as the integers that they are stored as: as numbers they would lose digits. */
function withoutDecimal(element: SchemaElement): SchemaElement {
  if (!isDecimal(element)) return element
  const { converted_type: _, logical_type: __, ...physical } = element
  return physical
}

/** Cells of one column as CSV has them. */
function textCells(values: ArrayLike<unknown>, element: SchemaElement): string[] {
  const scale = element.scale ?? (element.logical_type?.type === 'DECIMAL' ? element.logical_type.scale : 0)
  const decimal = isDecimal(element)
  const cells: string[] = new Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value === null || value === undefined) cells[i] = ''
    else if (decimal) cells[i] = decimalText(unscaled(value), scale)
    else cells[i] = textCell(value, element)
  }
  return cells
}

function textCell(value: unknown, { type }: SchemaElement): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return Number.isNaN(value) ? '' : type === 'FLOAT' ? floatText(value) : String(value)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return quoted(utf8.decode(value))
  return quoted(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)))
}

/** The shortest text that is this float of 32 bits. */
function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

function unscaled(value: unknown): bigint {
  if (value instanceof Uint8Array) {
    let number = 0n
    for (const byte of value) number = number * 256n + BigInt(byte)
    return BigInt.asIntN(value.length * 8, number)
  }
  return BigInt(value as number | bigint)
}

/** Without zeros at its end, which a scale adds and nobody wrote. */
function decimalText(value: bigint, scale: number): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
