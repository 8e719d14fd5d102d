/** Test reader of CSV, on purpose unlike the package's own: one regular expression a cell. */
export function parseTiny(text: string): { header: string[]; records: string[][]; endsInNewline: boolean } {
  const plain = text.replace(/^\uFEFF/, '')
  const all: string[][] = [[]]
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy
  while (cell.lastIndex < plain.length) {
    const at = cell.lastIndex
    const match = cell.exec(plain)
    if (!match) throw new Error(`not CSV at character ${at}: ${plain.slice(at, at + 60)}`)
    const [, raw = '', end = ''] = match
    all.at(-1)!.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw)
    if (end === ',' && cell.lastIndex === plain.length) all.at(-1)!.push('')
    if (end.endsWith('\n')) all.push([])
  }
  if (all.at(-1)!.length === 0) all.pop()
  const [header = [], ...records] = all
  return { header, records, endsInNewline: plain.endsWith('\n') }
}

/** Records as objects by header. */
export function parseObjects(text: string): Record<string, string>[] {
  const { header, records } = parseTiny(text)
  return records.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])))
}
