/**
 * Cuts CSV bytes into records and cells; of columns it knows only how many there are.
 *
 * Invariant: where a record ends depends on the bytes from its own start on only, never on how they came in chunks.
 * So a pass over a file and a pass over a slice that begins at a record see the same records.
 */
const QUOTE = 34
const LF = 10
const CR = 13
const BACKSLASH = 92

/** Bytes after a CR that tell whether it stands alone. */
const lookahead = 2

/** Of cells: more than any record has. */
const anyNumber = 2 ** 30

/** Cells beyond this number are counted, not kept. */
const keptCells = 1 << 14

export const plain = 0
/** The cell's bytes are those between its quotes. */
export const quoted = 1
/** The cell's bytes, from its opening quote on, must go through `unquote`. */
export const escaped = 2
/** The same, and a backslash before a quote makes it part of the text. */
export const backslashed = 3

/** What the lexer found; valid until the next call. */
export interface LexedRecord {
  bytes: Buffer
  /** Index of the first byte in `bytes`. */
  start: number
  /** Index after the last byte, without the line end; fewer than `length` bytes when the record was too long to keep. */
  end: number
  /** Bytes before it in everything pushed. */
  offset: number
  /** Bytes with the line end. */
  length: number
  cells: number
  /** Of each cell: where its bytes begin and end, counted from `start`, and how they are quoted. */
  starts: Int32Array
  ends: Int32Array
  quoting: Uint8Array
  /** A cell that was not kept holds something. */
  spilled: boolean
  /** A line end follows. */
  terminated: boolean
  damage: Damage | null
  /** A record that starts before this offset was cut with knowledge of the bytes up to it: no slice may begin before. */
  settled: number
  /** A record that starts before this offset may be the rest of a damaged one: a quote in it makes it damaged too. */
  suspect: number
}

/**
 * `too_long`: over the limit. `truncated`: a quote is open where the bytes end. `stray_quote`: a quote opens a cell that
 * it does not belong to, or stands unescaped within one. The cells then mean nothing.
 */
export type Damage = 'too_long' | 'truncated' | 'stray_quote'

/** What the header says about the records after it. */
export interface Expected {
  /** Cells of a record. */
  width: number
  /** A lone CR ends every record, because it ended the header. */
  loneCr: boolean
  /** Whether lines in `bytes[start, end)`, one record by its quotes, look like records of their own. */
  holdsRecords(bytes: Buffer, start: number, end: number): boolean
}

export interface Lexer {
  readonly record: LexedRecord
  /** Until it is called, readings are taken as they are, and a lone CR ends a record. */
  expect(expected: Expected): void
  push(chunk: Uint8Array): void
  /** Moves to the next record. False: more bytes are needed or, when these were the last, there is none. */
  next(last: boolean): boolean
}

const START = 0
const PLAIN = 1
const QUOTED = 2
const TAIL = 3

/** What a reading of a record comes to: the bytes end before it does, its end, text after a closing quote, far too many cells. */
const MORE = 0
const ENDED = 1
const BROKEN = 2
const OVERFULL = 3

/**
 * The first reading is RFC 4180's: line ends are LF or CRLF, and anything inside quotes. A quote inside an unquoted cell is
 * literal, and text after a closing quote belongs to the cell where quoting was needless (`"3"0`). A reading that spans
 * lines, or meets `\"`, or finds too many cells is doubted, and others are tried on the same bytes:
 *
 * - a lone CR ends the record, if that makes it as wide as expected;
 * - `\"` is a quote in the text, if that makes it as wide as expected;
 * - a quote was a stray one, if what it quotes looks like records, or if text follows where it closes. The first line is
 *   then given out as damaged, and reading goes on with the next line. So it is with a quote that is not closed within
 *   `limit` bytes, or before the bytes end.
 *
 * A line without an end is dropped up to its end beyond its first `keep` bytes. So at most `limit` bytes and one chunk
 * are held.
 */
export function createLexer(options: { delimiter: number; expected?: Expected; limit?: number; keep?: number }): Lexer {
  const { delimiter, limit = 1 << 24 } = options
  const keep = Math.min(options.keep ?? 1 << 20, limit)
  let bytes = Buffer.allocUnsafeSlow(1 << 16)
  let filled = 0
  let from = 0
  let at = 0
  let cellFrom = 0
  let tailFrom = 0
  let mode = START
  let quoting = plain
  let offset = 0
  let skipping = false
  let dropped = 0
  /** Bytes of byte order marks before the record's first cell: joined files have them in their middle. */
  let marks = 0
  /** A record is read again only once so many of its bytes are there, which keeps the work linear. */
  let enough = 0
  let expected: Expected | undefined
  let fileCr = true
  let farTooMany = anyNumber
  // The reading: whether a lone CR ends it, a backslash escapes a quote, and how many cells are far too many.
  let loneCr = true
  let backslashes = false
  let overfull = anyNumber
  // What it found: a line end inside quotes, a quote after a backslash, and the record's end.
  let spans = false
  let escapes = false
  let endAt = 0
  let stopAt = 0
  let terminated = false
  const record: LexedRecord = {
    bytes,
    start: 0,
    end: 0,
    offset: 0,
    length: 0,
    cells: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    quoting: new Uint8Array(64),
    spilled: false,
    terminated: false,
    damage: null,
    settled: 0,
    suspect: 0,
  }

  function push(chunk: Uint8Array): void {
    if (filled + chunk.length > bytes.length) {
      const live = filled - from
      const target =
        live + chunk.length > bytes.length
          ? Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, live + chunk.length))
          : bytes
      bytes.copy(target, 0, from, filled)
      bytes = target
      at -= from
      cellFrom -= from
      tailFrom -= from
      filled = live
      from = 0
    }
    bytes.set(chunk, filled)
    filled += chunk.length
  }

  function addCell(start: number, end: number): void {
    const cell = record.cells++
    if (cell >= record.starts.length && cell < keptCells) growCells(record)
    if (cell < keptCells) {
      record.starts[cell] = start - from
      record.ends[cell] = end - from
      record.quoting[cell] = quoting
    } else if (end > start) record.spilled = true
  }

  /** Begins a reading of the record at `from`. */
  /** Begins a reading of the record at `from`. */
  function begin(cr: boolean, escaping: boolean, tooMany: number): void {
    record.cells = 0
    record.spilled = false
    mode = START
    at = from + marks
    cellFrom = at
    quoting = plain
    spans = false
    escapes = false
    loneCr = cr
    backslashes = escaping
    overfull = tooMany
  }

  /** The record has more bytes than it may, and those that tell how a CR ends it. */
  const isOver = (last: boolean): boolean => filled - from > (last ? limit : limit + lookahead)

  /** Gives out `[from, stop)` and moves on. */
  function give(end: number, stop: number, ended: boolean, damage: Damage | null): true {
    record.bytes = bytes
    record.start = from
    record.end = end
    record.offset = offset
    record.length = dropped + stop - from
    record.terminated = ended
    record.damage = damage
    offset += record.length
    dropped = 0
    enough = 0
    from = stop
    at = stop
    mode = START
    return true
  }

  /** Gives up for now; the record is read anew when there is much more of it. */
  function waitForMore(): false {
    enough = 2 * (filled - from)
    at = from
    mode = START
    return false
  }

  function skip(last: boolean): boolean {
    const head = from + keep
    const rest = bytes.subarray(dropped > 0 ? head : from + limit, filled)
    const found = fileCr ? rest.findIndex((byte) => byte === LF || byte === CR) : rest.indexOf(LF)
    const lineEnd = found < 0 ? -1 : filled - rest.length + found
    if (lineEnd < 0 && !last) {
      dropped += filled - head
      filled = head
      return false
    }
    skipping = false
    return give(head, lineEnd < 0 ? filled : lineEnd + 1, lineEnd >= 0, 'too_long')
  }

  /** Gives out the first line of a record that does not end as it should, as its first `known` bytes show. */
  function giveFirstLine(damage: Damage, known: number, last: boolean): boolean {
    const isLong = isOver(last)
    const lineEnd = firstLineEnd(Math.min(filled, from + limit), last)
    if (lineEnd < 0 && !isLong && !last) return waitForMore()
    record.settled = Math.max(record.settled, offset + known)
    if (lineEnd < 0 && isLong) {
      skipping = true
      return skip(last)
    }
    if (lineEnd < 0) return give(filled, filled, false, damage)
    // A line of another width may be the beginning of a text, whose rest follows.
    if (expected && delimitersIn(from, lineEnd) !== expected.width - 1)
      record.suspect = Math.max(record.suspect, offset + known)
    return give(beforeCrs(lineEnd), lineEnd + 1, true, damage)
  }

  function next(last: boolean): boolean {
    if (skipping) return skip(last)
    if (mode === START && at === from) {
      if (at === filled) return false
      if (filled - from < enough && !isOver(last) && !last) return false
      marks = 0
      if (bytes[from] === 0xef && !findMarks(last)) return false
      begin(fileCr, false, farTooMany)
    }
    const found = scan(last)
    if (found === MORE && !last && !isOver(last)) return false
    const isPlain = found === ENDED && !spans && !escapes && stopAt - from <= limit
    if (isPlain && (!expected || (record.cells <= expected.width && (loneCr || bytes[stopAt - 1] === LF))))
      return give(endAt, stopAt, terminated, null)
    return doubt(found, last)
  }

  /** Decides about a record whose first reading came to `found`. */
  function doubt(first: number, last: boolean): boolean {
    let found = first
    while (found === OVERFULL && !spans && at - from <= limit) {
      const { cells } = record
      const upTo = at
      if (!loneCr && hasCr(upTo)) {
        if (endsAtCr(upTo, last)) return give(endAt, stopAt, true, null)
        begin(fileCr, false, farTooMany)
      }
      overfull = 2 * cells
      found = scan(last)
      if (found === MORE && !last && !isOver(last)) return false
    }
    const read = found === MORE ? Number.POSITIVE_INFINITY : (found === OVERFULL ? at : stopAt) - from
    const isLong = read > limit && (found !== MORE || isOver(last))
    let known = isLong ? limit + lookahead : read
    if (isLong) found = MORE
    if (!expected) {
      if (found === ENDED) return give(endAt, stopAt, terminated, null)
    } else {
      const upTo = Math.min(filled, from + Math.min(read, limit))
      const isSure = found === ENDED && record.cells <= expected.width && bytes[stopAt - 1] === LF
      if (!loneCr && !isSure && hasCr(upTo)) {
        if (endsAtCr(upTo, last)) return give(endAt, stopAt, true, null)
        readAgain(last)
      }
      if (escapes && !(found === ENDED && !spans && record.cells === expected.width)) {
        const isFine = found === ENDED && isGood()
        begin(fileCr, true, farTooMany)
        const other = scan(last)
        if (other === MORE && !last && !isOver(last)) return waitForMore()
        const otherRead = other === MORE ? Number.POSITIVE_INFINITY : (other === OVERFULL ? at : stopAt) - from
        const fits = other === ENDED && otherRead <= limit && isGood()
        if (fits && !isFine) return give(endAt, stopAt, terminated, null)
        known = Math.max(known, isOver(last) ? Math.min(otherRead, limit + lookahead) : otherRead)
        // Two good readings are none.
        if (isFine && !fits) readAgain(last)
        else if (found === ENDED) found = BROKEN
      }
      if (found === ENDED && !(spans && expected.holdsRecords(bytes, from + marks, endAt))) {
        if (known > read) record.settled = Math.max(record.settled, offset + known)
        return give(endAt, stopAt, terminated, null)
      }
    }
    return giveFirstLine(isLong ? 'too_long' : found === MORE ? 'truncated' : 'stray_quote', known, last)
  }

  /** The first reading once more, to its end. */
  function readAgain(last: boolean): void {
    begin(fileCr, false, anyNumber)
    scan(last)
  }

  /** Reads the record with a lone CR for its end: whether that comes before `stop` and makes it a good one. */
  function endsAtCr(stop: number, last: boolean): boolean {
    begin(true, false, farTooMany)
    return scan(last) === ENDED && stopAt <= stop && bytes[stopAt - 1] === CR && isGood()
  }

  /** The reading is as wide as expected, and its quotes enclose no records. */
  function isGood(): boolean {
    if (!expected || record.cells !== expected.width) return false
    return !spans || !expected.holdsRecords(bytes, from + marks, endAt)
  }

  /** On from `at`; at the record's end sets `endAt`, `stopAt` and `terminated`. */
  function scan(last: boolean): number {
    const b = bytes
    const stop = filled
    let i = at
    for (;;) {
      if (mode === START) {
        cellFrom = i
        quoting = plain
        if (record.cells >= overfull) {
          at = i
          return OVERFULL
        }
        if (i >= stop) {
          at = i
          if (!last) return MORE
          addCell(i, i)
          return ended(i, i, false)
        }
        mode = PLAIN
        if (b[i] === QUOTE) {
          mode = QUOTED
          quoting = quoted
          i++
        }
      }
      if (mode === QUOTED) {
        while (i < stop && b[i]! > QUOTE) i++
        if (i < stop && b[i] !== QUOTE) {
          if (b[i] === LF || b[i] === CR) spans = true
          i++
          continue
        }
        // What follows the quote decides, so without it the scan comes back to this quote.
        at = i
        if (i >= stop || (!last && i + 1 >= stop)) return MORE
        if (i + 1 < stop && b[i + 1] === delimiter && b[i - 1] !== BACKSLASH) {
          if (quoting === quoted) addCell(cellFrom + 1, i)
          else addCell(cellFrom, i + 1)
          mode = START
          i += 2
          continue
        }
        if (b[i - 1] === BACKSLASH && isEscaped(i)) {
          if (backslashes) {
            quoting = backslashed
            i++
            continue
          }
          escapes = true
        }
        if (i + 1 < stop && b[i + 1] === QUOTE) {
          if (quoting === quoted) quoting = escaped
          i += 2
          continue
        }
        let after = i + 1
        while (after < stop && (b[after] === 32 || (b[after] === 9 && delimiter !== 9))) after++
        if (after >= stop && !last) return MORE
        const c = after < stop ? b[after] : LF
        const cr = c === CR ? loneAt(after, last) : 0
        if (cr < 0) return MORE
        if (c !== delimiter && c !== LF && c !== CR) {
          if (backslashes || escapes || needsQuotes(cellFrom + 1, i)) return broken(after + 1)
          mode = TAIL
          tailFrom = i + 1
          quoting = Math.max(quoting, escaped)
          i++
          continue
        }
        if (quoting === quoted) addCell(cellFrom + 1, i)
        else addCell(cellFrom, i + 1)
        mode = START
        if (c === delimiter && after < stop) {
          i = after + 1
          continue
        }
        if (c !== CR || cr === 1) return ended(after, Math.min(after + 1, stop), after < stop)
        return ended(after, b[after + 1] === LF ? after + 2 : after + 3, true)
      }
      let c = 0
      if (loneCr)
        for (; i < stop; i++) {
          c = b[i]!
          if (c === delimiter || c === LF) break
          if (c !== CR) continue
          const lone = loneAt(i, last)
          at = i
          if (lone < 0) return MORE
          if (lone === 1) break
        }
      else
        while (i < stop) {
          c = b[i]!
          if (c === delimiter || c === LF) break
          i++
        }
      at = i
      if (i >= stop && !last) return MORE
      if (mode === TAIL && hasQuote(tailFrom, i)) return broken(Math.min(i + 1, stop))
      if (i < stop && c === delimiter) {
        addCell(cellFrom, i)
        mode = START
        i++
        continue
      }
      const end = Math.max(beforeCrs(i), cellFrom)
      addCell(cellFrom, end)
      return ended(end, Math.min(i + 1, stop), i < stop || end < i)
    }
  }

  function ended(end: number, stop: number, isTerminated: boolean): number {
    endAt = end
    stopAt = stop
    terminated = isTerminated
    return ENDED
  }

  function broken(stop: number): number {
    stopAt = stop
    return BROKEN
  }

  /** 1: the CR at `i` stands alone. 0: an LF ends its line, CR LF or CR CR LF. -1: more bytes must tell. */
  function loneAt(i: number, last: boolean): number {
    if (i + 1 >= filled) return last ? 1 : -1
    if (bytes[i + 1] === LF) return 0
    if (bytes[i + 1] !== CR) return 1
    if (i + 2 >= filled) return last ? 1 : -1
    return bytes[i + 2] === LF ? 0 : 1
  }

  /** Where a line ends whose line end is at `i`. */
  function beforeCrs(i: number): number {
    if (i === from || bytes[i - 1] !== CR || (i < filled && bytes[i] === CR)) return i
    return i - 1 > from && bytes[i - 2] === CR ? i - 2 : i - 1
  }

  /** Place of the LF or lone CR that ends the record's first line; -1 when there is none before `stop`. */
  function firstLineEnd(stop: number, last: boolean): number {
    for (let i = from; i < stop; i++) {
      if (bytes[i] === LF || (bytes[i] === CR && loneAt(i, last) === 1)) return i
    }
    return -1
  }

  function hasCr(stop: number): boolean {
    for (let i = from; i < stop; i++) if (bytes[i] === CR && loneAt(i, true) === 1) return true
    return false
  }

  function hasQuote(start: number, stop: number): boolean {
    for (let i = start; i < stop; i++) if (bytes[i] === QUOTE) return true
    return false
  }

  /** An odd number of backslashes stands before the quote at `i`. */
  function isEscaped(i: number): boolean {
    let start = i
    while (start - 1 > cellFrom && bytes[start - 1] === BACKSLASH) start--
    return (i - start) % 2 === 1
  }

  /** The text could not stand without its quotes. */
  function needsQuotes(start: number, stop: number): boolean {
    for (let i = start; i < stop; i++) {
      const c = bytes[i]
      if (c === delimiter || c === LF || c === CR) return true
    }
    return false
  }

  function delimitersIn(start: number, stop: number): number {
    let count = 0
    for (let i = start; i < stop; i++) if (bytes[i] === delimiter) count++
    return count
  }

  /** Counts the record's byte order marks; false when more bytes must tell. */
  function findMarks(last: boolean): boolean {
    marks = 0
    for (;;) {
      const mark = from + marks
      if (mark >= filled) return last
      if (bytes[mark] !== 0xef) return true
      if (mark + 1 >= filled) return last
      if (bytes[mark + 1] !== 0xbb) return true
      if (mark + 2 >= filled) return last
      if (bytes[mark + 2] !== 0xbf) return true
      marks += 3
    }
  }

  function expect(given: Expected): void {
    expected = given
    fileCr = given.loneCr
    farTooMany = 2 * given.width + 16
  }

  if (options.expected) expect(options.expected)
  return {
    record,
    push,
    next,
    expect,
  }
}

function growCells(record: LexedRecord): void {
  const size = record.starts.length * 2
  const starts = new Int32Array(size)
  starts.set(record.starts)
  const ends = new Int32Array(size)
  ends.set(record.ends)
  const quotingOf = new Uint8Array(size)
  quotingOf.set(record.quoting)
  record.starts = starts
  record.ends = ends
  record.quoting = quotingOf
}

/**
 * The bytes that an `escaped` or `backslashed` cell stands for: doubled quotes halved, what follows the closing quote
 * appended, and of the backslashes before a quote one in two left out.
 */
export function unquote(bytes: Uint8Array, start: number, end: number, how = escaped): Buffer {
  const out = Buffer.allocUnsafe(end - start)
  let length = 0
  let open = true
  for (let i = start + 1; i < end; i++) {
    const c = bytes[i]!
    if (how === backslashed && c === BACKSLASH) {
      let quote = i
      while (bytes[quote] === BACKSLASH && quote < end) quote++
      if (bytes[quote] === QUOTE && quote < end) {
        length += (quote - i) >> 1
        out.fill(BACKSLASH, length - ((quote - i) >> 1), length)
        const isText = (quote - i) % 2 === 1
        if (isText) out[length++] = QUOTE
        i = isText ? quote : quote - 1
        continue
      }
    }
    if (open && c === QUOTE) {
      if (bytes[i + 1] === QUOTE && i + 1 < end) i++
      else {
        open = false
        continue
      }
    }
    out[length++] = c
  }
  return out.subarray(0, length)
}

/** A chunk in parts that bound what the lexer holds. */
export function* pieces(chunk: Uint8Array, size = 1 << 18): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += size) yield chunk.subarray(at, at + size)
}
