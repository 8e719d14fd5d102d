import type { Column } from '@droplake/contracts/column'
import type { DecimalSign, Table } from '@droplake/contracts/table'
import type { DateStyle } from './read-time.ts'

/** What holds for one CSV file as a whole, found in one pass over it. Plain JSON. */
export interface CsvProfile {
  /** Of the plain bytes, hex. */
  sha256: string
  bytes: number
  /** Blank ones included, without the header. */
  records: number
  encoding: 'utf-8' | 'latin-1'
  delimiter: Delimiter
  /** `cr`: a lone CR ends a record, as one ended the first; `lf`: an LF does, with a CR before it or not. */
  lineEnd: 'lf' | 'cr'
  /** Of each contract column that is not derived, in order: its place in the file, -1 where the file has none. */
  columns: number[]
  /** Cells of a record. */
  width: number
  /** Hash of the header's plain names in order: two files of one shape have the same columns. '' without a header. */
  shape: string
  /** Of each timestamp and date column in the file. */
  dates: Record<string, DateStyle>
  /** Of each column of numbers in the file; null where nothing decides it. */
  decimalSigns: Record<string, DecimalSign | null>
  /** Where a reader may begin: byte offset of a record and the number of records before it. The first follows the header. */
  cuts: { offset: number; row: number }[]
  warnings: string[]
}

/** One ASCII character; another one than comma, semicolon, tab and bar only where a `sep=` line names it. */
export type Delimiter = string

/** A contract's columns that stand in the file, in order. */
export const fileColumns = (table: Table): [string, Column][] =>
  Object.entries(table.columns).filter(([, column]) => !column.derived)
