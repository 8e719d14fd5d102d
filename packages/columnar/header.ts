/**
 * Reads the first line of a file: which of its columns is which of the contract's.
 *
 * A line that is no header may be a person's row, so messages hold names that the contract knows, numbers and fixed words.
 */
import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { isNear, placesByName, plainName, sayNothing } from './column-names.ts'
import { type Delimiter, fileColumns } from './csv-profile.ts'
import { decodeLatin1, decodeUtf8 } from './encoding.ts'
import { createLexer, escaped, type LexedRecord, unquote } from './lexer.ts'
import { createTimeParser, plainDates } from './read-time.ts'
import { fitsOf, tableByColumns } from './recognize-columns.ts'
import { looksOf } from './stray-quote.ts'
import { Unreadable } from './unreadable.ts'

export interface Header {
  /** See `CsvProfile.columns`. */
  columns: number[]
  width: number
  /** See `CsvProfile.shape`. */
  shape: string
  /** `names`: the columns were found by them. `nothing`: its names say nothing. `record`: there is none, the line is one. */
  kind: 'names' | 'nothing' | 'record'
  warnings: string[]
}

type Contract = readonly [string, Column][]

const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']
const otherLineEnds = ['\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029']
/** A line of more cells is no line of a CSV. */
const mostCells = 10_000
/** Of unknown names, so many are compared with the missing ones. */
const mostCompared = 100

/** The delimiter that a spreadsheet's first line names: `sep=;`. */
export function namedDelimiter(line: Uint8Array): Delimiter | undefined {
  if (line.length > 12) return undefined
  const [, found] = /^\s*"?sep=(\\t|[^\w\s"]|\t)"?[,;|\t]*\s*$/i.exec(Buffer.from(line).toString('latin1')) ?? []
  if (found === '\\t') return '\t'
  return found !== undefined && found < '\x7f' ? found : undefined
}

/**
 * The delimiter under which the first line shows the most of the contract's names, then the one that was `named`, then the
 * one with the right number of cells, then with the most.
 */
export function detectDelimiter(table: Table, line: Uint8Array, named?: Delimiter): Delimiter {
  const places = placesByName(fileColumns(table))
  const wanted = new Set(places.values()).size
  let best: Delimiter = named ?? ','
  let bestScore = -1
  for (const delimiter of named === undefined ? delimiters : [named, ...delimiters]) {
    const lexer = createLexer({ delimiter: delimiter.charCodeAt(0) })
    lexer.push(line)
    if (!lexer.next(true)) continue
    const { cells } = lexer.record
    const known = cellTexts(lexer.record).filter((cell) => places.has(plainName(cell))).length
    const score = known * 1e6 + (delimiter === named ? 5e5 : 0) + (cells === wanted ? 1e5 : 0) + Math.min(cells, 1e4)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}

/**
 * Which column of the file is which of the contract's. Names are compared without case, blanks and punctuation, by the
 * contract's header or by the column's own name, in any order. Position counts only where there are no names, or such as
 * say nothing.
 *
 * Throws `Unreadable` when a required column is not named, when an unknown name stands for an optional one, or when unknown
 * ones freeze the table; the error names the table of `siblings` whose header it is.
 */
export function readHeader(
  table: Table,
  record: LexedRecord,
  file: { fileName: string; siblings?: readonly Table[] },
): Header {
  const contract = fileColumns(table)
  const width = contract.length
  const refuse = (what: string): never => {
    throw new Unreadable(`${file.fileName}: ${what}`)
  }
  if (record.cells > mostCells)
    refuse(`its first line has ${record.cells} cells where ${table.name} has ${width}, so this is no CSV of it`)
  const cells = cellTexts(record)
  while (cells.length > 1 && cells.at(-1) === '') cells.pop()
  if (cells.some((cell) => otherLineEnds.some((end) => cell.includes(end))))
    refuse('its first line holds a separator of lines that CSV does not have; save it with LF line ends')

  const { columns, unknown, twice } = findColumns(contract, cells)
  const missing = contract.filter((_, place) => columns[place] === -1)
  const lacking = missing.filter(([, column]) => column.required).map(([name]) => name)
  const others = `${unknown.length} ${unknown.length === 1 ? 'column' : 'columns'} that ${table.name} does not know`
  const byPosition = (kind: 'nothing' | 'record', found: string): Header => ({
    columns: contract.map((_, place) => place),
    width,
    shape: shapeOf(kind === 'record' ? contract.map(() => '') : cells),
    kind,
    warnings: [`${found}, columns taken by position`],
  })

  if (missing.length === width) {
    const fits = cells.length === width || (cells.length < width && record.cells >= width)
    if (sayNothing(cells)) {
      if (fits) return byPosition('nothing', 'the names of the header say nothing')
      refuse(`the names of its header say nothing, and it has ${cells.length} cells where ${table.name} has ${width}`)
    }
    if (looksLikeRow(contract, cells)) {
      if (fits) return byPosition('record', 'no header')
      refuse(
        `no header, and ${cells.length} cells where ${table.name} has ${width}; add a header or drop the other cells`,
      )
    }
    const isOther = siblingOf(table, cells, file.siblings) !== undefined
    if (fits && !isOther && mayBeRow(contract, cells)) return byPosition('record', 'no header')
  }
  if (lacking.length > 0) {
    const sibling = siblingOf(table, cells, file.siblings)
    if (sibling)
      refuse(`its header is that of ${sibling.name}, not of ${table.name}; drop it with --table ${sibling.name}`)
    const near = nearOf(missing, unknown)
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
    refuse(`the header lacks ${lacking.join(', ')}${unknown.length > 0 ? ` and has ${others}` : ''}${hint}`)
  }
  const tail = cells.slice(width)
  if (
    tail.length >= width &&
    findColumns(contract, tail).unknown.length === tail.length &&
    looksLikeRow(contract, tail)
  )
    refuse(`its first line goes on after the header with ${tail.length} cells that look like a row`)
  const near = nearOf(missing, unknown)
  if (near.length > 0) refuse(`the header lacks ${near.join(', ')} and has ${others}; did you mean ${near.join(', ')}?`)
  const replaced = missing.map(([name]) => name).filter((name) => isReplaced(contract, columns, name, cells.length))
  if (replaced.length > 0)
    refuse(
      `the header has another name in the place of ${replaced.join(', ')}; rename that column, or name it in the contract`,
    )
  if (unknown.length > 0 && table.unknownColumns === 'freeze')
    refuse(`the header has ${others} and freezes its columns`)

  const warnings = twice.map((name) => `column ${name} stands twice, the first is taken`)
  if (unknown.length > 0) warnings.push(`${others} ${unknown.length === 1 ? 'is' : 'are'} dropped`)
  for (const [name] of missing) warnings.push(`column ${name} is missing`)
  return { columns, width: cells.length, shape: shapeOf(cells), kind: 'names', warnings }
}

/** The other table whose header these names are. */
function siblingOf(table: Table, cells: readonly string[], siblings: readonly Table[] = []): Table | undefined {
  const others = siblings.filter(({ name }) => name !== table.name)
  return tableByColumns(fitsOf(others, [cells.filter((cell) => cell !== '').map(plainName)]))
}

/** Of each contract column its place among the names, -1 where there is none; the names that no column has, and the columns that are named twice. */
export function findColumns(contract: Contract, names: readonly string[]) {
  const places = placesByName(contract)
  const columns: number[] = contract.map(() => -1)
  const unknown: string[] = []
  const twice = new Set<string>()
  names.forEach((name, index) => {
    const place = places.get(plainName(name))
    if (place !== undefined && columns[place] === -1) columns[place] = index
    else if (place !== undefined) twice.add(contract[place]![0])
    else if (name !== '') unknown.push(plainName(name))
  })
  return { columns, unknown, twice: [...twice] }
}

/** The missing columns that an unknown name may mean. */
function nearOf(missing: Contract, unknown: readonly string[]): string[] {
  const compared = unknown.slice(0, mostCompared)
  return missing.flatMap(([name, { header }]) => {
    const names = [name, ...(header === undefined ? [] : [header])].map(plainName)
    return compared.some((other) => names.some((one) => isNear(one, other))) ? [name] : []
  })
}

/** A missing column's neighbors are the neighbors of another name: the column was renamed rather than left out. */
function isReplaced(contract: Contract, columns: readonly number[], name: string, width: number): boolean {
  const place = contract.findIndex(([other]) => other === name)
  const before = columns.slice(0, place).findLast((index) => index >= 0) ?? -1
  const after = columns.slice(place + 1).find((index) => index >= 0) ?? width
  const named = new Set(columns)
  return before + 1 < after && !named.has(before + 1) && !named.has(after - 1)
}

/** Names of columns are never numbers, times, long hexadecimal ids or accepted values. */
function looksLikeRow(contract: Contract, cells: readonly string[]): boolean {
  const parseTime = createTimeParser({ ...plainDates, order: 'dmy' })
  return cells.some((cell, place) => {
    if (/^[+-]?\d+([.,]\d+)?$/.test(cell)) return true
    if (cell.length >= 16 && /^(?=.*\d)[0-9a-f-]+$/i.test(cell)) return true
    if (contract[place]?.[1].accepted?.includes(cell)) return true
    const bytes = Buffer.from(cell)
    return cell !== '' && !Number.isNaN(parseTime(bytes, 0, bytes.length, { repaired: false }))
  })
}

/** Nothing speaks against a row: each cell may be one of its column, and no word in it is like one of the contract's names. */
function mayBeRow(contract: Contract, cells: readonly string[]): boolean {
  const words = contract.flatMap(([name]) => plainName(name).split('_')).concat('id', 'key', 'code', 'nome')
  const isLikeName = (word: string) =>
    words.some((other) => word === other || (word.length >= 5 && other.startsWith(word.slice(0, 5))))
  return contract.every(([, column], place) => {
    const cell = cells[place] ?? ''
    if (cell === '') return !column.required
    return (looksOf(column)?.(cell) ?? true) && !plainName(cell).split('_').some(isLikeName)
  })
}

const shapeOf = (names: readonly string[]) =>
  createHash('sha256').update(names.map(plainName).join('\n')).digest('hex').slice(0, 12)

/** A record's cells as trimmed text; none of a record that is too wide. */
export function cellTexts(record: LexedRecord): string[] {
  const cells: string[] = []
  if (record.cells > mostCells) return cells
  for (let cell = 0; cell < record.cells; cell++) cells.push(cellText(record, cell))
  return cells
}

export function cellText(record: LexedRecord, cell: number): string {
  const start = record.start + record.starts[cell]!
  const end = record.start + record.ends[cell]!
  const how = record.quoting[cell]!
  const bytes = how >= escaped ? unquote(record.bytes, start, end, how) : record.bytes.subarray(start, end)
  return (isUtf8(bytes) ? decodeUtf8(bytes) : decodeLatin1(bytes)).trim()
}
