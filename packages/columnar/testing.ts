/** What the tests of this folder share: bytes in chunks, and a file read as the pipeline does it. */
import type { Cell } from '@droplake/contracts/column'
import type { Columns, Table, TableSpec } from '@droplake/contracts/table'
import { type CsvProfile, profileCsv } from './profile-csv.ts'
import { type Reject, readCsv } from './read-csv.ts'

export const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content) : content

export async function* chunked(bytes: Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

export async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

export const tableOf = (columns: Columns, more: Partial<TableSpec> = {}): Table => ({
  description: '',
  files: 'test.csv',
  key: [],
  dedupe: 'none',
  kind: 'snapshot',
  ...more,
  columns,
  name: 'test',
  dataset: 'test',
})

export interface Whole {
  profile: CsvProfile
  rows: Cell[][]
  rowNumbers: number[]
  repaired: number[]
  blank: number
  records: number
  /** Offsets counted from the file's start. */
  rejected: Reject[]
}

/** Profiles and reads a whole file, slice by slice at the profile's cuts. */
export async function readWhole(
  table: Table,
  content: string | Uint8Array,
  options: { sliceBytes?: number; chunkBytes?: number; batchRows?: number } = {},
): Promise<Whole> {
  const { sliceBytes = 1 << 30, chunkBytes = 1 << 16, batchRows = 4096 } = options
  const bytes = bytesOf(content)
  const profile = await profileCsv(table, chunked(bytes, chunkBytes), { sliceBytes, fileName: 'test.csv' })
  const whole: Whole = { profile, rows: [], rowNumbers: [], repaired: [], blank: 0, records: 0, rejected: [] }
  for (const [index, { offset, row }] of profile.cuts.entries()) {
    const end = profile.cuts[index + 1]?.offset ?? bytes.length
    const slice = chunked(bytes.subarray(offset, end), chunkBytes)
    const last = index === profile.cuts.length - 1
    for await (const batch of readCsv(table, profile, slice, { row, batchRows, last })) {
      if (batch.records !== batch.rows + batch.rejected.length + batch.blank)
        throw new Error(`a batch of ${batch.records} records does not add up`)
      for (let i = 0; i < batch.rows; i++) whole.rows.push(batch.columns.map((column) => column[i]!))
      whole.rowNumbers.push(...batch.rowNumbers)
      whole.repaired.push(...batch.repaired)
      whole.blank += batch.blank
      whole.records += batch.records
      whole.rejected.push(...batch.rejected.map((reject) => ({ ...reject, offset: offset + reject.offset })))
    }
  }
  return whole
}

export const reasons = (whole: Whole): [row: number, reason: string, column: string | null][] =>
  whole.rejected.map(({ row, reason, column }) => [row, reason, column])
