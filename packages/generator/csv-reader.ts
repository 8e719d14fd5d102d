/**
 * Records of a CSV text by RFC 4180: quoted cells may hold commas, line breaks and doubled quotes; LF and CRLF end a
 * record; a byte order mark and empty lines are skipped. A quote inside an unquoted cell is a character like any other.
 */
export function* readRecords(text: string): Generator<string[]> {
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let cells: string[] = []
  while (at < text.length) {
    let cell: string
    if (text[at] === '"') {
      cell = ''
      for (;;) {
        const close = text.indexOf('"', at + 1)
        const end = close < 0 ? text.length : close
        cell += text.slice(at + 1, end)
        at = end + 1
        if (text[at] !== '"') break
        cell += '"'
      }
    } else cell = ''
    let end = at
    while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++
    cells.push(cell + text.slice(at, end))
    at = end
    if (text[at] === ',') {
      at++
      // A comma that ends the text is followed by one empty cell.
      if (at < text.length) continue
      cells.push('')
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2
    else at++
    if (cells.length > 1 || cells[0] !== '') yield cells
    cells = []
  }
}

/** Rows by column name, trimmed. Rows with more or fewer cells than the header are left out. Throws on an absent column. */
export function* readRows<C extends string>(
  name: string,
  text: string,
  columns: readonly C[],
): Generator<Record<C, string>> {
  let places: (readonly [C, number])[] | undefined
  let width = 0
  for (const cells of readRecords(text)) {
    if (!places) {
      const header = cells.map((cell) => cell.trim().toLowerCase())
      width = header.length
      places = columns.map((column) => {
        const place = header.indexOf(column)
        if (place < 0)
          throw new Error(`generator: ${name} has no column ${column}, got ${header.join(',')}; pass an Olist folder`)
        return [column, place] as const
      })
    } else if (cells.length === width) {
      const row = {} as Record<C, string>
      for (const [column, place] of places) row[column] = cells[place]!.trim()
      yield row
    }
  }
}
