import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { placesByName, plainName } from './column-names.ts'
import { type Delimiter, fileColumns } from './csv-profile.ts'
import { decodeLatin1, decodeUtf8 } from './encoding.ts'
import { createLexer, escaped, type LexedRecord, unquote } from './lexer.ts'
import { createTimeParser } from './read-time.ts'
import { Unreadable } from './unreadable.ts'

export interface Header {
  /** See `CsvProfile.columns`. */
  columns: number[]
  width: number
  /** See `CsvProfile.shape`. */
  shape: string
  /** There is no header: its line is the first record. */
  isRecord: boolean
  warnings: string[]
}

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

/** The delimiter under which the first line shows the most of the contract's names, then the right number of cells, then the most. */
export function detectDelimiter(table: Table, line: Uint8Array): Delimiter {
  const places = placesByName(fileColumns(table))
  const wanted = new Set(places.values()).size
  let best: Delimiter = ','
  let bestScore = -1
  for (const delimiter of delimiters) {
    const lexer = createLexer({ delimiter: delimiter.charCodeAt(0) })
    lexer.push(line)
    if (!lexer.next(true)) continue
    const names = textCells(lexer.record).map(plainName)
    const known = names.filter((name) => places.has(name)).length
    const score = known * 1e6 + (names.length === wanted ? 1e5 : 0) + Math.min(names.length, 1e4)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

/**
 * Which column of the file is which of the contract's. Names are compared without case, blanks and punctuation, by the
 * contract's header or by the column's own name, in any order. Where a required name is missing, a header of the right
 * count whose known names all stand in their places is taken by position.
 *
 * Throws `Unreadable` when required columns cannot be found, or when unknown ones freeze the table.
 */
export function readHeader(table: Table, record: LexedRecord, fileName: string): Header {
  const contract = fileColumns(table)
  const places = placesByName(contract)
  const cells = textCells(record)
  while (cells.length > 1 && cells.at(-1) === '') cells.pop()
  const columns: number[] = contract.map(() => -1)
  const shape = shapeOf(cells)
  const unknown: string[] = []
  const warnings: string[] = []
  cells.forEach((cell, index) => {
    const place = places.get(plainName(cell))
    if (place !== undefined && columns[place] === -1) columns[place] = index
    else if (place !== undefined) warnings.push(`column ${cell} stands twice, the first is taken`)
    else if (cell !== '') unknown.push(cell)
  })
  const missing = contract.filter((_, place) => columns[place] === -1)
  const lacking = missing.filter(([, column]) => column.required)
  // A line without any known name may be a row, and its cells a person's: errors go into alerts.
  const isShown = missing.length < contract.length || !contract.some(([, column]) => column.personal)
  const refuse = (what: string): never => {
    throw new Unreadable(`${fileName}: ${what}${isShown ? `; got "${cells.join(',').slice(0, 200)}"` : ''}`)
  }
  if (lacking.length > 0) {
    const inPlace = columns.every((index, place) => index === -1 || index === place)
    const none = missing.length === contract.length
    const byPosition = cells.length === contract.length && inPlace
    const isRecord = none && looksLikeData(contract, cells)
    if (!byPosition || (table.unknownColumns === 'freeze' && !isRecord))
      refuse(
        `the header lacks ${lacking.map(([name]) => name).join(', ')} and has ${cells.length} columns where the contract has ${contract.length}`,
      )
    const found = isRecord ? 'no header' : 'header not recognised'
    return {
      columns: contract.map((_, place) => place),
      width: cells.length,
      shape: isRecord ? shapeOf(cells.map(() => '')) : shape,
      isRecord,
      warnings: [`${found}, columns taken by position`],
    }
  }
  if (unknown.length > 0 && table.unknownColumns === 'freeze')
    refuse(`the contract does not know column ${unknown.join(', ')} and freezes its columns`)
  for (const name of unknown) warnings.push(`unknown column ${name} dropped`)
  for (const [name] of missing) warnings.push(`column ${name} is missing`)
  return { columns, width: cells.length, shape, isRecord: false, warnings }
}

const shapeOf = (names: readonly string[]) =>
  createHash('sha256').update(names.map(plainName).join('\n')).digest('hex').slice(0, 12)

function textCells(record: LexedRecord): string[] {
  const cells: string[] = []
  for (let cell = 0; cell < Math.min(record.cells, record.starts.length); cell++) {
    const start = record.start + record.starts[cell]!
    const end = record.start + record.ends[cell]!
    const bytes =
      record.quoting[cell]! >= escaped
        ? unquote(record.bytes, start, end, record.quoting[cell])
        : record.bytes.subarray(start, end)
    cells.push((isUtf8(bytes) ? decodeUtf8(bytes) : decodeLatin1(bytes)).trim())
  }
  return cells
}

/** Names of columns are never numbers, times, long hexadecimal ids or accepted values. */
function looksLikeData(contract: [string, Column][], cells: readonly string[]): boolean {
  const parseTime = createTimeParser({ order: 'dmy', doubtful: [] })
  return cells.some((cell, place) => {
    if (/^[+-]?\d+([.,]\d+)?$/.test(cell)) return true
    if (cell.length >= 16 && /^(?=.*\d)[0-9a-f-]+$/i.test(cell)) return true
    if (contract[place]?.[1].accepted?.includes(cell)) return true
    const bytes = Buffer.from(cell)
    return cell !== '' && !Number.isNaN(parseTime(bytes, 0, bytes.length, { repaired: false }))
  })
}
