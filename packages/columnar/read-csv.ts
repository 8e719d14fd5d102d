import type { Cell } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { type CsvProfile, fileColumns } from './csv-profile.ts'
import { cutOff } from './encoding.ts'
import { createLexer, type Damage, escaped, type LexedRecord, pieces, unquote } from './lexer.ts'
import { createCellReader, type Fault, type Note, type ReadCell } from './read-cell.ts'
import { plainDates } from './read-time.ts'
import { hasWidth, isBlank, isSpace } from './record.ts'
import { createHeaderCheck } from './repeated-header.ts'
import { expectedOf, hasLooseQuote } from './stray-quote.ts'

/** Rows of one slice, column by column; `records` = `rows` + `rejected` + `blank`. */
export interface CsvBatch {
  /** Good rows. */
  rows: number
  /** One array a contract column, in the contract's order, the derived ones computed. */
  columns: Cell[][]
  /** Of each good row: its record in the file, the first after the header is 1. */
  rowNumbers: number[]
  /** 1 where some cell of the row was mended. */
  repaired: Uint8Array
  blank: number
  records: number
  rejected: Reject[]
}

/** A record that is no row. */
export interface Reject {
  /** Record in the file, the first after the header is 1. */
  row: number
  /** The first column that refused it; null when it is the record as a whole. */
  column: string | null
  reason: Fault | 'cell_count' | Damage
  /** As in the file without the line end, at most 1 MiB. */
  bytes: Uint8Array
  /** Byte of the slice where it begins. */
  offset: number
  /** Bytes with the line end. */
  length: number
}

const keptBytes = 1 << 20
/** A batch ends early when its records are this large, so that memory does not follow the size of cells. */
const batchBytes = 1 << 24
const day = 86_400_000

/**
 * Types the records of one slice, whose bytes `chunks` are exactly: from one of the profile's cuts to the next, or to
 * the end of the file (`last`). `row` is the number of records before it. Batches hold `batchRows` records (4,096) or
 * 16 MiB of them, whichever is less.
 */
export async function* readCsv(
  table: Table,
  profile: CsvProfile,
  chunks: AsyncIterable<Uint8Array>,
  options: { row: number; batchRows?: number; last: boolean },
): AsyncIterable<CsvBatch> {
  const lexer = createLexer({ delimiter: profile.delimiter.charCodeAt(0), expected: expectedOf(table, profile) })
  const batch = createBatch(table, profile, options)
  for await (const chunk of chunks)
    for (const piece of pieces(chunk)) {
      lexer.push(piece)
      while (lexer.next(false)) if (batch.add(lexer.record)) yield batch.take()
    }
  while (lexer.next(true)) if (batch.add(lexer.record)) yield batch.take()
  if (batch.records() > 0) yield batch.take()
}

interface FileColumn {
  name: string
  /** Place in the contract and in the file. */
  target: number
  place: number
  required: boolean
  read: ReadCell
}

function createBatch(table: Table, profile: CsvProfile, options: { row: number; batchRows?: number; last: boolean }) {
  const { batchRows = 4096, last } = options
  const names = Object.keys(table.columns)
  const readers = columnReaders(table, profile)
  const headerLike = createHeaderCheck(table, profile)
  const derived = names.flatMap((name, target) => {
    const from = table.columns[name]?.derived?.from
    return from === undefined ? [] : [{ target, source: names.indexOf(from) }]
  })
  const note: Note = { repaired: false, fault: null }
  let row = options.row
  let size = 0
  let current = empty()

  function empty() {
    return {
      rows: 0,
      columns: names.map((): Cell[] => []),
      rowNumbers: [] as number[],
      repaired: new Uint8Array(batchRows),
      blank: 0,
      records: 0,
      rejected: [] as Reject[],
    }
  }

  function reject(record: LexedRecord, reason: Reject['reason'], column: string | null): void {
    const { bytes, start, end, offset, length } = record
    const kept = Uint8Array.prototype.slice.call(bytes, start, Math.min(end, start + keptBytes))
    current.rejected.push({ row, column, reason, bytes: kept, offset, length })
  }

  /** Types one record into the next row; it counts only once every cell is good. */
  function type(record: LexedRecord): void {
    const { bytes, start, starts, ends, quoting } = record
    const { columns, rows } = current
    note.repaired = record.cells > profile.width
    for (const { name, target, place, required, read } of readers) {
      let cell: Cell = null
      if (place >= 0) {
        let source = bytes
        let from = start + starts[place]!
        let to = start + ends[place]!
        if (quoting[place]! >= escaped) {
          source = unquote(bytes, from, to, quoting[place])
          from = 0
          to = source.length
        }
        const width = to - from
        while (from < to && isSpace(source[from]!)) from++
        while (from < to && isSpace(source[to - 1]!)) to--
        if (from < to) {
          if (to - from !== width) note.repaired = true
          note.fault = null
          cell = read(source, from, to, note)
          if (note.fault) {
            reject(record, note.fault, name)
            return
          }
        }
      }
      if (cell === null && required) {
        reject(record, 'required', name)
        return
      }
      columns[target]![rows] = cell
    }
    for (const { target, source } of derived) {
      const millis = columns[source]![rows]
      columns[target]![rows] = typeof millis === 'number' ? Math.floor(millis / day) : null
    }
    current.rowNumbers.push(row)
    if (note.repaired) current.repaired[rows] = 1
    current.rows++
  }

  return {
    records: () => current.records,
    /** True: the batch is full. */
    add(record: LexedRecord): boolean {
      row++
      current.records++
      size += record.length
      if (record.damage) reject(record, record.damage, null)
      else if (isBlank(record) || headerLike(record) === 'repeat') current.blank++
      else if (record.offset < record.suspect && hasLooseQuote(record)) reject(record, 'stray_quote', null)
      else if (last && !record.terminated && isCut(record, profile)) reject(record, 'truncated', null)
      else if (!hasWidth(record, profile.width)) reject(record, 'cell_count', null)
      else type(record)
      return current.records >= batchRows || size >= batchBytes
    },
    take(): CsvBatch {
      const done = current
      for (const column of done.columns) column.length = done.rows
      current = empty()
      size = 0
      return { ...done, repaired: done.repaired.subarray(0, done.rows) }
    },
  }
}

/** A record without a line end that lacks cells or ends inside a character was cut off. */
function isCut(record: LexedRecord, profile: CsvProfile): boolean {
  if (record.cells < profile.width) return true
  return profile.encoding === 'utf-8' && cutOff(record.bytes, record.end) > 0
}

function columnReaders(table: Table, profile: CsvProfile): FileColumn[] {
  const names = Object.keys(table.columns)
  return fileColumns(table).map(([name, column], index) => ({
    name,
    target: names.indexOf(name),
    place: profile.columns[index] ?? -1,
    required: column.required,
    read: createCellReader(column, {
      encoding: profile.encoding,
      decimalSign: profile.decimalSigns[name] ?? null,
      dates: profile.dates[name] ?? plainDates,
    }),
  }))
}
