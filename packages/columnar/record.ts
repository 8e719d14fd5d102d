import type { LexedRecord } from './lexer.ts'

/** Space, tab, line ends, form feed. */
export const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** Every cell is empty or white space. */
export function isBlank(record: LexedRecord): boolean {
  return record.damage === null && isEmptyFrom(record, 0)
}

/** The cells from one on are empty or white space. */
export function isEmptyFrom(record: LexedRecord, first: number): boolean {
  const { bytes, start, starts, ends } = record
  const kept = Math.min(record.cells, starts.length)
  for (let cell = first; cell < kept; cell++)
    for (let i = start + starts[cell]!; i < start + ends[cell]!; i++) if (!isSpace(bytes[i]!)) return false
  return !record.spilled
}

/** It has the cells of its header, or empty ones beyond them. */
export const hasWidth = (record: LexedRecord, width: number): boolean =>
  record.cells === width || (record.cells > width && isEmptyFrom(record, width))
