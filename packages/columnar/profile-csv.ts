import { createHash } from 'node:crypto'
import type { Table } from '@droplake/contracts/table'
import { type CsvProfile, type Delimiter, fileColumns } from './csv-profile.ts'
import { createUtf8Check } from './encoding.ts'
import { createEvidence, type Evidence } from './evidence.ts'
import { notPlain } from './foreign-format.ts'
import { cellTexts, detectDelimiter, findColumns, type Header, namedDelimiter, readHeader } from './header.ts'
import { createLexer, type LexedRecord, type Lexer, pieces } from './lexer.ts'
import { hasWidth, isBlank } from './record.ts'
import { createHeaderCheck } from './repeated-header.ts'
import { expectedOf } from './stray-quote.ts'
import { Unreadable } from './unreadable.ts'

export type { CsvProfile } from './csv-profile.ts'

const longestHeader = 1 << 20

/**
 * One pass over a plain CSV file, without typing: decides what holds for the whole file and finds places about
 * `sliceBytes` apart where readers may begin.
 *
 * A file without any record has 0 records; a file of blank lines only has no header, and they are its records.
 * Throws `Unreadable` for what is no CSV of this table; it names the one of `siblings` whose header the file has.
 */
export async function profileCsv(
  table: Table,
  chunks: AsyncIterable<Uint8Array>,
  options: ProfileOptions,
): Promise<CsvProfile> {
  const { fileName } = options
  const sha256 = createHash('sha256')
  const utf8 = createUtf8Check()
  const body = createBody(table, options)
  let head: Uint8Array | undefined = new Uint8Array(0)
  let bytes = 0
  let nuls = 0

  for await (const chunk of chunks) {
    sha256.update(chunk)
    utf8.add(chunk)
    bytes += chunk.length
    nuls += countNuls(chunk)
    if (head) {
      head = Buffer.concat([head, chunk])
      if (!body.begin(head, false)) continue
      head = undefined
    } else body.add(chunk)
  }
  if (head) body.begin(head, true)
  if (nuls > 16 && nuls * 1000 > bytes)
    throw new Unreadable(`${fileName}: ${nuls} of ${bytes} bytes are NUL, so this is no text file`)

  const warnings = utf8.valid ? [] : ['not UTF-8, read as Latin-1']
  return { sha256: sha256.digest('hex'), bytes, encoding: utf8.valid ? 'utf-8' : 'latin-1', ...body.end(warnings) }
}

export interface ProfileOptions {
  sliceBytes: number
  fileName: string
  siblings?: readonly Table[]
}

type Found = Omit<CsvProfile, 'sha256' | 'bytes' | 'encoding'>

/** The lexed half of the profile. */
function createBody(table: Table, options: ProfileOptions) {
  const { sliceBytes, fileName } = options
  /** Bytes that no record has: a byte order mark, and a line that names the delimiter. */
  let before = 0
  let lexer: Lexer | undefined
  let delimiter: Delimiter = ','
  let lineEnd: CsvProfile['lineEnd'] = 'lf'
  let header: Header | undefined
  let headerLike = createHeaderCheck(table, { columns: [] })
  let evidence: Evidence = createEvidence(table, [])
  let cuts: CsvProfile['cuts'] = []
  let records = 0
  let blank = 0
  let repeats = 0

  function begins(record: LexedRecord): Header {
    const found = readHeader(table, record, options)
    lexer!.expect(expectedOf(table, { ...found, delimiter, lineEnd }))
    headerLike = createHeaderCheck(table, found)
    evidence = createEvidence(table, found.columns)
    return found
  }

  function take(record: LexedRecord): void {
    if (!header) {
      if (record.damage) throw new Unreadable(`${fileName}: a quote in its first line is never closed, or a stray one`)
      if (isBlank(record)) {
        blank++
        return
      }
      lineEnd = record.bytes[record.start + record.length - 1] === 13 ? 'cr' : 'lf'
      header = begins(record)
      blank = 0
      const start = header.kind === 'record' ? record.offset : record.offset + record.length
      cuts = [{ offset: before + start, row: 0 }]
      if (header.kind !== 'record') return
    }
    const offset = before + record.offset
    if (offset - cuts.at(-1)!.offset >= sliceBytes && record.offset >= record.settled)
      cuts.push({ offset, row: records })
    records++
    if (record.damage) return
    if (isBlank(record)) {
      blank++
      return
    }
    // A spreadsheet's own names may stand above the real ones.
    if (header.kind === 'nothing' && records === blank + 1 && isMostlyNames(table, record)) header = begins(record)
    const like = headerLike(record)
    if (like === 'header')
      throw new Unreadable(`${fileName}: record ${records} is a header of other columns; split the file there`)
    if (like === 'repeat') repeats++
    else if (hasWidth(record, header.width)) evidence.add(record)
  }

  function add(chunk: Uint8Array): void {
    for (const piece of pieces(chunk)) {
      lexer!.push(piece)
      while (lexer!.next(false)) take(lexer!.record)
    }
  }

  return {
    add,
    /** Looks at the file's first bytes; false when they do not hold a line yet. */
    begin(head: Uint8Array, last: boolean): boolean {
      if (head.length < 8 && !last) return false
      refuseForeign(head, fileName)
      const mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
      let line = firstLine(head, mark, last)
      const named = line && namedDelimiter(line.bytes)
      before = named !== undefined ? line!.next : mark
      if (named !== undefined) line = firstLine(head, before, last)
      if (!line && head.length <= longestHeader && !last) return false
      if (!line && head.length > longestHeader)
        throw new Unreadable(`${fileName}: no line end in the first ${head.length} bytes, so this is no CSV`)
      if (line?.bytes.includes(0))
        throw new Unreadable(`${fileName}: NUL bytes in the first line, so this is no UTF-8 text`)
      delimiter = detectDelimiter(table, line?.bytes ?? new Uint8Array(0), named)
      lexer = createLexer({ delimiter: delimiter.charCodeAt(0) })
      add(head.subarray(before))
      return true
    },
    end(warnings: string[]): Found {
      while (lexer!.next(true)) take(lexer!.record)
      const columns = fileColumns(table)
      const found = header ?? {
        columns: columns.map((_, place) => place),
        width: columns.length,
        shape: '',
        warnings: [],
      }
      const decided = evidence.decide()
      const repeated = `${repeats} ${repeats === 1 ? 'record repeats the header and counts' : 'records repeat the header and count'} as blank`
      return {
        records: header ? records : blank,
        delimiter,
        lineEnd,
        columns: found.columns,
        width: found.width,
        shape: found.shape,
        dates: decided.dates,
        decimalSigns: decided.decimalSigns,
        cuts: header ? cuts : [{ offset: before, row: 0 }],
        warnings: [...warnings, ...found.warnings, ...(repeats > 0 ? [repeated] : []), ...decided.warnings],
      }
    },
  }
}

function refuseForeign(head: Uint8Array, fileName: string): void {
  const foreign = notPlain(head)
  if (foreign) throw new Unreadable(`${fileName}: ${foreign}`)
}

/** The first line with anything but blanks in it, up to an LF or CR, and where the next begins; undefined when it has not ended. */
function firstLine(head: Uint8Array, from: number, last: boolean): { bytes: Uint8Array; next: number } | undefined {
  let start = from
  while (start < head.length && head[start]! <= 32 && head[start] !== 9) start++
  let end = start
  while (end < head.length && head[end] !== 10 && head[end] !== 13) end++
  // A CR at the end of the bytes may be half of a line end.
  if (end + 1 >= head.length && !last) return undefined
  if (start === end) return undefined
  const next = head[end] === 13 && head[end + 1] === 10 ? end + 2 : end + 1
  return { bytes: head.subarray(start, end), next: Math.min(next, head.length) }
}

/** Most cells are names of the contract's columns. */
function isMostlyNames(table: Table, record: LexedRecord): boolean {
  const { columns, unknown } = findColumns(fileColumns(table), cellTexts(record))
  return columns.filter((place) => place >= 0).length > unknown.length
}

function countNuls(chunk: Uint8Array): number {
  let count = 0
  for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) count++
  return count
}
