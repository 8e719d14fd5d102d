import type { Table } from '@droplake/contracts/table'
import { placesByName, plainName } from './column-names.ts'
import { type CsvProfile, fileColumns } from './csv-profile.ts'
import { cellText, cellTexts, findColumns } from './header.ts'
import type { LexedRecord } from './lexer.ts'

const UNDERSCORE = 95

/** `repeat`: a record names each column in its place. `header`: it is the header of another file of the table. */
export type HeaderLike = 'row' | 'repeat' | 'header'

/** Finds the headers of files that were joined. Looks at the first letters of one cell, so that it costs rows nothing. */
export function createHeaderCheck(
  table: Table,
  file: Pick<CsvProfile, 'columns'>,
): (record: LexedRecord) => HeaderLike {
  const contract = fileColumns(table)
  const names = placesByName(contract)
  const { columns } = file
  const watched = Math.min(...columns.filter((place) => place >= 0))
  // By the first two letters of a name; by the first byte of a cell, a letter of a name or what none begins with.
  const beginnings = new Uint8Array(1 << 16)
  const firstBytes = Uint8Array.from({ length: 256 }, (_, byte) => (isLetter(byte) ? 0 : 1))
  for (const name of names.keys()) {
    const bytes = Buffer.from(name)
    firstBytes[bytes[0]!] = 1
    firstBytes[upper(bytes[0]!)] = 1
    if (bytes.length > 1) beginnings[(bytes[0]! << 8) | bytes[1]!] = 1
    else beginnings.fill(1, bytes[0]! << 8, (bytes[0]! + 1) << 8)
  }

  function mayBeName({ bytes, start, starts, ends }: LexedRecord): boolean {
    const end = start + ends[watched]!
    let i = start + starts[watched]!
    while (i < end && !isLetter(bytes[i]!)) i++
    if (i >= end) return false
    const second = i + 1 < end ? bytes[i + 1]! : UNDERSCORE
    return beginnings[(lower(bytes[i]!) << 8) | (isLetter(second) ? lower(second) : UNDERSCORE)] === 1
  }

  return (record) => {
    if (record.cells <= watched || firstBytes[record.bytes[record.start + record.starts[watched]!]!] === 0) return 'row'
    if (!mayBeName(record) || !names.has(plainName(cellText(record, watched)))) return 'row'
    const cells = cellTexts(record)
    const isRepeat = columns.every((at, place) => at < 0 || names.get(plainName(cells[at] ?? '')) === place)
    if (isRepeat) return 'repeat'
    const { columns: found, unknown } = findColumns(contract, cells)
    const known = found.filter((place) => place >= 0).length
    const isWhole = contract.every(([, column], place) => !column.required || found[place] !== -1)
    return isWhole && known > 1 && known > unknown.length ? 'header' : 'row'
  }
}

const lower = (byte: number): number => (byte >= 65 && byte <= 90 ? byte + 32 : byte)

const upper = (byte: number): number => (byte >= 97 && byte <= 122 ? byte - 32 : byte)

/** What a plain name may begin with: letters and digits of ASCII, and whatever is beyond it but a byte order mark. */
const isLetter = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) ||
  (byte >= 97 && byte <= 122) ||
  (byte >= 65 && byte <= 90) ||
  (byte >= 0xc2 && byte < 0xef)
