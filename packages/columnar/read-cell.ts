import { type Cell, type Column, nullWords } from '@droplake/contracts/column'
import type { DecimalSign } from '@droplake/contracts/table'
import { heldDecimals } from './decimal-sign.ts'
import { createDecimalReader, createDoubleReader, createIntegerReader } from './read-number.ts'
import { createTextReader } from './read-text.ts'
import { createDateReader, createTimestampReader, type DateStyle } from './read-time.ts'

/** What a cell reader has to say beside the cell; one object serves a whole file. */
export interface Note {
  /** The cell was mended. */
  repaired: boolean
  /** Why there is no cell. */
  fault: Fault | null
}

export type Fault =
  | 'required'
  | 'not_accepted'
  | 'not_a_number'
  | 'ambiguous_number'
  | 'out_of_range'
  | 'too_precise'
  | 'below_min'
  | 'above_max'
  | 'not_a_boolean'
  | 'not_a_timestamp'
  | 'not_a_date'
  | 'ambiguous_date'
  | 'nul_character'

/** How the cells of one column are written in one file. */
export interface FileStyle {
  encoding: 'utf-8' | 'latin-1'
  /** Null where nothing decides it: a cell of two readings is then quarantined. */
  decimalSign: DecimalSign | null
  dates: DateStyle
}

/** Reads `bytes[start, end)`, which is not empty and has no white space around it. Null with a fault, or for nothing but blanks. */
export type ReadCell = (bytes: Buffer, start: number, end: number, note: Note) => Cell

/** The reader of one contract column, its bounds, accepted values and null words included. */
export function createCellReader(column: Column, file: FileStyle): ReadCell {
  return orNull(createValueReader(column, file), column, file.encoding)
}

/** Null, which is a repair, for the words that stand for no value. */
function orNull(read: ReadCell, column: Column, encoding: 'utf-8' | 'latin-1'): ReadCell {
  const {
    lower,
    accepted,
    nulls = nullWords.filter((word) => !accepted?.includes(lower ? word.toLowerCase() : word)),
  } = column
  // Compared byte by byte, as Latin-1 text; almost every cell differs in the first byte.
  const words = new Set(
    nulls.map((word) => Buffer.from(word, encoding === 'utf-8' ? 'utf8' : 'latin1').toString('latin1')),
  )
  const firsts = new Uint8Array(256)
  for (const word of words) firsts[word.charCodeAt(0)] = 1
  const longest = Math.max(0, ...[...words].map((word) => word.length))
  return (bytes, start, end, note) => {
    if (firsts[bytes[start]!] === 1 && end - start <= longest && words.has(bytes.toString('latin1', start, end))) {
      note.repaired = true
      return null
    }
    return read(bytes, start, end, note)
  }
}

function createValueReader(column: Column, file: FileStyle): ReadCell {
  const { type } = column
  const numbers = { sign: file.decimalSign, held: heldDecimals(type) }
  switch (type.kind) {
    case 'text':
      return createTextReader(column, file.encoding)
    case 'int':
    case 'bigint':
      return bounded(createIntegerReader(type.kind, numbers), column, 1)
    case 'double':
      return bounded(createDoubleReader(numbers), column, 1)
    case 'decimal':
      return bounded(createDecimalReader(type, numbers), column, 10 ** type.scale)
    case 'timestamp':
      return createTimestampReader(file.dates)
    case 'date':
      return createDateReader(file.dates)
    case 'boolean':
      return readBoolean
  }
}

function bounded(read: ReadCell, column: Column, unit: number): ReadCell {
  const { min, max } = column
  if (min === undefined && max === undefined) return read
  const least = min === undefined ? Number.NEGATIVE_INFINITY : scaled(min, unit)
  const greatest = max === undefined ? Number.POSITIVE_INFINITY : scaled(max, unit)
  return (bytes, start, end, note) => {
    const cell = read(bytes, start, end, note)
    if (typeof cell !== 'number' && typeof cell !== 'bigint') return cell
    if (cell < least) note.fault = 'below_min'
    else if (cell > greatest) note.fault = 'above_max'
    return note.fault ? null : cell
  }
}

/** A bound in unscaled units; the noise of 0.07 * 100 does not move it. */
function scaled(bound: number, unit: number): number {
  const value = bound * unit
  const whole = Math.round(value)
  return Math.abs(value - whole) < 1e-6 ? whole : value
}

const truths = new Map<string, boolean>([
  ...['true', 't', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', '0'].map((word) => [word, false] as const),
])

function readBoolean(bytes: Buffer, start: number, end: number, note: Note): Cell {
  const word = end - start > 5 ? '' : bytes.toString('latin1', start, end).toLowerCase()
  const cell = truths.get(word) ?? truths.get(word.replace(/^([01])\.0$/, '$1'))
  if (cell === undefined) {
    note.fault = 'not_a_boolean'
    return null
  }
  if (word.includes('.')) note.repaired = true
  return cell
}
