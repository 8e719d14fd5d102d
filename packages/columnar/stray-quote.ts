import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { type CsvProfile, fileColumns } from './csv-profile.ts'
import type { Expected, LexedRecord } from './lexer.ts'
import { plain } from './lexer.ts'

const QUOTE = 34
const LF = 10
const CR = 13

/** Delimiters in the right numbers that are no chance. */
const enough = 4

/**
 * What the lexer may expect of a file's records, to tell a stray quote from a text of several lines: the lines from a stray
 * quote to the next one are records, with as many cells as the file's, and with numbers and times in their places.
 */
export function expectedOf(
  table: Table,
  file: Pick<CsvProfile, 'columns' | 'width' | 'delimiter' | 'lineEnd'>,
): Expected {
  const { columns, width } = file
  const delimiter = file.delimiter.charCodeAt(0)
  const typed = fileColumns(table).flatMap(([, column], index) => {
    const place = columns[index] ?? -1
    const looks = place < 0 ? undefined : looksOf(column)
    return looks ? [{ place, looks }] : []
  })

  /** Cells of a line as its delimiters divide it, without regard to quotes; undefined unless they are as many as expected. */
  function cellsOf(bytes: Buffer, start: number, end: number): string[] | undefined {
    let count = 1
    for (let i = start; i < end; i++) if (bytes[i] === delimiter) count++
    if (count !== width) return undefined
    return bytes
      .toString('latin1', start, end)
      .split(file.delimiter)
      .map((cell) => cell.replaceAll('"', '').trim())
  }

  return {
    width,
    loneCr: file.lineEnd === 'cr',
    holdsRecords(bytes, start, end) {
      const lineEnd = bytes.subarray(start, end).includes(LF) ? LF : CR
      let lines = 0
      let alike = 0
      let first: Likeness = 'none'
      let last: Likeness = 'none'
      let proven = 0
      for (let from = start; from <= end; lines++) {
        // A text's record has cells before and after the text, so only the lines between say what the text is like.
        if (lines > 1 && last === 'proven') proven++
        const found = bytes.subarray(0, end).indexOf(lineEnd, from)
        const to = found < 0 ? end : found
        last = likenessOf(cellsOf(bytes, from, to))
        if (lines === 0) first = last
        if (last !== 'none') alike++
        from = to + 1
      }
      if (proven * (width - 1) >= enough || (proven > 0 && first !== 'none')) return true
      if (first === 'proven' && last === 'proven') return true
      // Where nothing has a type, every line must have the cells.
      return alike === lines && (lines - 1) * (width - 1) >= enough
    },
  }

  /** `proven`: numbers, times or accepted words stand in their places. `alike`: nothing speaks against a record. */
  function likenessOf(cells: string[] | undefined): Likeness {
    if (!cells) return 'none'
    const filled = typed.filter(({ place }) => cells[place] !== '')
    if (!filled.every(({ place, looks }) => looks(cells[place] ?? ''))) return 'none'
    return filled.length > 0 ? 'proven' : 'alike'
  }
}

type Likeness = 'none' | 'alike' | 'proven'

/** Whether a cell may be of a column, judged by its characters alone; undefined where any text may be. */
export function looksOf(column: Column): ((cell: string) => boolean) | undefined {
  const { accepted } = column
  switch (column.type.kind) {
    case 'text':
      if (accepted) {
        const words = new Set(accepted.map((word) => word.toLowerCase()))
        return (cell) => words.has(cell.toLowerCase())
      }
      return column.padTo === undefined ? undefined : (cell) => /^\d[\d.-]*$/.test(cell)
    case 'boolean':
      return (cell) => /^(true|false|t|f|yes|no|y|n|0|1|sim|nao|não)$/i.test(cell)
    case 'timestamp':
    case 'date':
      return (cell) => cell.length >= 6 && /^\d[\d\s:.,/+\-a-z]*$/i.test(cell)
    default:
      return (cell) => /^[-+]?\D{0,3}\d[\d.,\s]*(e[-+]?\d+)?%?$/i.test(cell)
  }
}

/** A quote stands in a cell that is not quoted. */
export function hasLooseQuote({ bytes, start, cells, starts, ends, quoting }: LexedRecord): boolean {
  for (let cell = 0; cell < Math.min(cells, starts.length); cell++)
    if (quoting[cell] === plain)
      for (let i = start + starts[cell]!; i < start + ends[cell]!; i++) if (bytes[i] === QUOTE) return true
  return false
}
