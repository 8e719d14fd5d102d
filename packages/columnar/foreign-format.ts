/** Files of other programs, by their first bytes: what each is, and what its sender has to do. */
const magics: [magic: string | number[], what: string, offset?: number][] = [
  ['PAR1', 'a Parquet file, but not a whole one: download it again'],
  ['version https://git-lfs', 'a Git LFS pointer: run git lfs pull'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook: save it as CSV'],
  ['%PDF', 'a PDF: export its table as CSV'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive: unpack it, or pack its files as a zip'],
  ['Rar!', 'a RAR archive: unpack it, or pack its files as a zip'],
  ['BZh', 'a bzip2 archive: unpack it, or pack it with gzip'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'an xz archive: unpack it, or pack it with gzip'],
  ['ustar', 'a tar archive: unpack it, or pack its files as a zip', 257],
  [[0xff, 0xfe], 'UTF-16 text: save it as CSV in UTF-8'],
  [[0xfe, 0xff], 'UTF-16 text: save it as CSV in UTF-8'],
  ['SQLite format 3', 'a SQLite database: export its tables as CSV'],
  ['-- MySQL dump', 'a SQL script: export its tables as CSV'],
  ['CREATE TABLE', 'a SQL script: export its tables as CSV'],
  ['INSERT INTO', 'a SQL script: export its tables as CSV'],
  ['ORC', 'an ORC file: write it as Parquet or CSV'],
  ['Obj\x01', 'an Avro file: write it as Parquet or CSV'],
  ['{\\rtf', 'a formatted document: save it as plain text'],
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['GIF8', 'a picture'],
]

/** Archives: where plain bytes are expected, one lies in another. */
const packed: typeof magics = [
  ['PK\x03\x04', 'a zip archive within the archive; unpack it first'],
  [[0x1f, 0x8b], 'a gzip archive within the archive; unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a zstd archive within the archive; unpack it first'],
]

const bytesOf = (magic: string | number[]) => (typeof magic === 'string' ? Buffer.from(magic, 'latin1') : magic)

const startsWith = (head: Uint8Array, [magic, , offset = 0]: (typeof magics)[number]) =>
  bytesOf(magic).every((byte, i) => head[offset + i] === byte)

/** What a file is where plain CSV is expected; undefined when its first bytes say nothing else. */
export const notPlain = (head: Uint8Array): string | undefined =>
  packed.find((one) => startsWith(head, one))?.[1] ?? foreignFormat(head)

/** What a file is that is neither CSV nor packed, by its first bytes; undefined when they say nothing. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const known = magics.find((one) => startsWith(head, one))
  if (known) return known[1]
  const start = Buffer.from(head.subarray(0, 1024))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (/^<(!doctype html|html|head|body)\b/i.test(start))
    return 'an HTML page: save the file itself, not the page that shows it'
  if (/^<\?xml|^<[a-z][\w:]*[\s>]/i.test(start)) return 'XML: export it as CSV'
  if (/^(\{\s*("|\}|$)|\[\s*([{["]|\]|$))/.test(start)) return 'JSON: export it as CSV'
  return undefined
}
