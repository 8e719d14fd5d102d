/** What spreadsheets and broken uploads make of a CSV file; each takes the file's text or records and gives bytes back. */
import { parseTiny } from '@droplake/generator/testing/tiny-csv'

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

export const encode = (records: readonly (readonly string[])[]) =>
  `${records.map((cells) => cells.map(quoted).join(',')).join('\n')}\n`

/** Cells of the named columns changed, all others as they were. */
export function mapCells(text: string, names: readonly string[], change: (cell: string) => string): string {
  const { header, records } = parseTiny(text)
  const places = names.map((name) => header.indexOf(name))
  if (places.includes(-1)) throw new Error(`no column among ${header.join(', ')} for ${names.join(', ')}`)
  return encode([
    header,
    ...records.map((cells) => cells.map((cell, at) => (places.includes(at) ? change(cell) : cell))),
  ])
}

const time = /^(\d{4})-(\d\d)-(\d\d) (\d\d:\d\d:\d\d)$/

/** `2018-07-24 20:41:37` as `24-07-2018 20:41:37`. */
export const dayFirst = (cell: string) => cell.replace(time, '$3-$2-$1 $4')

/** `2018-07-04 20:41:37` as `7/4/2018 20:41:37`. */
export const monthFirst = (cell: string) =>
  cell.replace(time, (_, year, month, day, clock) => `${Number(month)}/${Number(day)}/${year} ${clock}`)

/** A header whose byte order mark was read as Latin-1 and written again. */
export const mangledHeader = (text: string) => `ï»¿${text.replace(/^\uFEFF/, '')}`

export const latin1 = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.toString('latin1') !== text) throw new Error('the text has characters that Latin-1 has not')
  return bytes
}

/** Rows that a spreadsheet adds below the last one: nothing but separators. */
export const withCommas = (text: string, rows: number) =>
  text + `${','.repeat(parseTiny(text).header.length - 1)}\n`.repeat(rows)

/** The file without the last bytes of its last record: half of that record's second cell is the end. */
export function cutOff(text: string): { text: string; lost: string[] } {
  const { records } = parseTiny(text)
  const lost = records.at(-1) ?? []
  const start = text.trimEnd().lastIndexOf('\n') + 1
  const second = text.indexOf(',', start)
  return { text: text.slice(0, second), lost }
}

/** Line breaks inside quoted cells as Windows writes them; those between records stay. */
export const crlfInCells = (text: string) =>
  text.replaceAll(/"(?:[^"]|"")*"/g, (cell) => cell.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'))

export function columnsReversed(text: string): string {
  const { header, records } = parseTiny(text)
  return encode([header, ...records].map((cells) => cells.toReversed()))
}
