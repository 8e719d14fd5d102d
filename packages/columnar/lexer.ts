/**
 * Cuts CSV bytes into records and cells; it knows nothing of columns and types.
 *
 * Invariant: where a record ends depends on the bytes from its own start on only, never on how they came in chunks.
 * So a pass over a file and a pass over a slice that begins at a record see the same records.
 */
const QUOTE = 34
const LF = 10
const CR = 13

/** Cells beyond this number are counted, not kept. */
const keptCells = 1 << 16

export const plain = 0
/** The cell's bytes are those between its quotes. */
export const quoted = 1
/** The cell's bytes, from its opening quote on, must go through `unquote`. */
export const escaped = 2

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
  /** `too_long`: over the limit. `truncated`: a quote is open where the bytes end. The cells then mean nothing. */
  damage: 'too_long' | 'truncated' | null
  /** A record that starts before this offset was cut with knowledge of the bytes up to it: no slice may begin before. */
  settled: number
}

export interface Lexer {
  readonly record: LexedRecord
  push(chunk: Uint8Array): void
  /** Moves to the next record. False: more bytes are needed or, when these were the last, there is none. */
  next(last: boolean): boolean
}

const START = 0
const PLAIN = 1
const QUOTED = 2
const TAIL = 3

/**
 * RFC 4180 and its usual damage: a quote inside an unquoted cell is literal, so is what follows a closing quote; line
 * ends are LF or CRLF, and anything inside quotes.
 *
 * A quote that is not closed within `limit` bytes, or before the bytes end, was a stray one: the first line of that
 * record is given out as damaged and reading goes on with the next line. A line without an end is dropped up to its
 * end beyond its first `keep` bytes. So at most `limit` bytes and one chunk are held.
 */
export function createLexer(options: { delimiter: number; limit?: number; keep?: number }): Lexer {
  const { delimiter, limit = 1 << 24 } = options
  const keep = Math.min(options.keep ?? 1 << 20, limit)
  let bytes = Buffer.allocUnsafeSlow(1 << 16)
  let filled = 0
  let from = 0
  let at = 0
  let cellFrom = 0
  let mode = START
  let quoting = plain
  let offset = 0
  let skipping = false
  let dropped = 0
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

  function begin(): void {
    record.cells = 0
    record.spilled = false
    mode = START
    cellFrom = at
    quoting = plain
  }

  /** Gives out `[from, stop)` and moves on. */
  function give(end: number, stop: number, terminated: boolean, damage: LexedRecord['damage']): true {
    record.bytes = bytes
    record.start = from
    record.end = end
    record.offset = offset
    record.length = dropped + stop - from
    record.terminated = terminated
    record.damage = damage
    offset += record.length
    dropped = 0
    from = stop
    at = stop
    mode = START
    return true
  }

  function skip(last: boolean): boolean {
    const head = from + keep
    const lineEnd = bytes.subarray(0, filled).indexOf(LF, dropped > 0 ? head : from + limit)
    if (lineEnd < 0 && !last) {
      dropped += filled - head
      filled = head
      return false
    }
    skipping = false
    return give(head, lineEnd < 0 ? filled : lineEnd + 1, lineEnd >= 0, 'too_long')
  }

  /** Gives out the first line of a record that does not end as it should. */
  function giveFirstLine(damage: 'too_long' | 'truncated', last: boolean): boolean {
    const lineEnd = bytes.subarray(from, Math.min(filled, from + limit)).indexOf(LF)
    record.settled = Math.max(record.settled, damage === 'too_long' ? offset + limit + 1 : Number.POSITIVE_INFINITY)
    if (lineEnd >= 0) return give(from + lineEnd, from + lineEnd + 1, true, damage)
    if (damage === 'truncated') return give(filled, filled, false, damage)
    skipping = true
    return skip(last)
  }

  function next(last: boolean): boolean {
    if (skipping) return skip(last)
    const stop = filled
    if (mode === START && at === from) {
      if (at === stop) return false
      begin()
    }
    const lexed = scan(stop, last)
    if (stop - from > limit && (lexed === undefined || lexed.stop - from > limit))
      return giveFirstLine('too_long', last)
    if (lexed) return give(lexed.end, lexed.stop, lexed.terminated, null)
    return last ? giveFirstLine('truncated', last) : false
  }

  /** On to the record's end; undefined when the bytes end before it. */
  function scan(stop: number, last: boolean): { end: number; stop: number; terminated: boolean } | undefined {
    const b = bytes
    let i = at
    for (;;) {
      if (mode === START) {
        cellFrom = i
        quoting = plain
        if (i >= stop) {
          at = i
          if (!last) return undefined
          addCell(i, i)
          return { end: i, stop: i, terminated: false }
        }
        mode = PLAIN
        if (b[i] === QUOTE) {
          mode = QUOTED
          quoting = quoted
          i++
        }
      }
      if (mode === QUOTED) {
        while (i < stop && b[i] !== QUOTE) i++
        // What follows the quote decides, so without it the scan comes back to this quote.
        at = i
        if (i >= stop || (!last && i + 1 >= stop)) return undefined
        const following = i + 1 < stop ? b[i + 1] : LF
        if (following === QUOTE) {
          quoting = escaped
          i += 2
          continue
        }
        if (following === CR && !last && i + 2 >= stop) return undefined
        const crlf = following === CR && (i + 2 >= stop || b[i + 2] === LF)
        if (following !== delimiter && following !== LF && !crlf) {
          quoting = escaped
          mode = TAIL
          i++
          continue
        }
        if (quoting === quoted) addCell(cellFrom + 1, i)
        else addCell(cellFrom, i + 1)
        mode = START
        i++
        if (following === delimiter && i < stop) {
          i++
          continue
        }
        const lineEnd = crlf ? i + 1 : i
        return { end: i, stop: Math.min(lineEnd + 1, stop), terminated: lineEnd < stop }
      }
      let c = 0
      while (i < stop) {
        c = b[i]!
        if (c === delimiter || c === LF) break
        i++
      }
      at = i
      if (i < stop && c === delimiter) {
        addCell(cellFrom, i)
        mode = START
        i++
        continue
      }
      if (i >= stop && !last) return undefined
      const end = i > cellFrom && b[i - 1] === CR ? i - 1 : i
      addCell(cellFrom, end)
      return { end, stop: Math.min(i + 1, stop), terminated: i < stop }
    }
  }

  return { record, push, next }
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

/** The bytes that an `escaped` cell stands for: doubled quotes halved, what follows the closing quote appended. */
export function unquote(bytes: Uint8Array, start: number, end: number): Buffer {
  const out = Buffer.allocUnsafe(end - start)
  let length = 0
  let open = true
  for (let i = start + 1; i < end; i++) {
    const c = bytes[i]!
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
