import type { Dataset } from './dataset.ts'
import type { Table } from './table.ts'

const packed = /\.(gz|gzip|zip|zst|zstd|bz2|xz|7z|rar|tar|tgz|tbz2?|txz)$/i
const written = /\.(csv|tsv|tab|txt|dat|data|psv|asc|parquet|pq|snappy|xlsx?|ods|jsonl?|ndjson)$/i

/** The last part of a path without the endings that say how its bytes are packed. */
export function unpackedName(path: string): string {
  let name = path.split(/[/\\]/).at(-1) ?? ''
  while (packed.test(name)) name = name.replace(packed, '')
  return name
}

/** As `unpackedName`, also without the endings that say how its rows are written. */
function stemOf(path: string): string {
  let name = unpackedName(path)
  while (written.test(name) || packed.test(name)) name = name.replace(written, '').replace(packed, '')
  return name
}

/** What people and programs add to a name without meaning another table. */
const noise = new Set(
  (
    'copy copia cópia kopie copie of de von the a final df csv tsv txt data dataset dataframe table tbl file raw clean cleaned ' +
    'processed prepared export exported exports extract dump download downloaded full all sample latest updated fixed utf v ' +
    'january february march april may june july august september october november december ' +
    'jan feb mar apr jun jul aug sep sept oct nov dec daily weekly monthly yearly part run block chunk'
  ).split(' '),
)

/** Ids and dates that programs add to names. */
const machineMade = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi

/** Lower-case words of a name: `OrderItems-2018 (1)` is `order items 2018 1`. */
const wordsOf = (name: string): string[] =>
  name
    .normalize('NFC')
    .replace(machineMade, ' ')
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .match(/\p{L}+|\p{N}+/gu) ?? []

/** The words that carry meaning. Those of the dataset's name are left out: `olist_orders` and `orders` are one name. */
function meaning(name: string, dataset: string): string[] {
  const own = new Set(wordsOf(dataset))
  return wordsOf(name).filter((word) => !noise.has(word) && !/^\p{N}+$/u.test(word) && !own.has(word))
}

/** Whether a name says nothing but that its file is one of several: `part-00000`, `000000_0`, `data`. */
export const isNumbered = (name: string): boolean => meaning(stemOf(name), '').every((word) => word.length === 1)

const singular = (word: string) => word.replace(/ies$/, 'y').replace(/(?<=..[^s])s$/, '')

const globs = new Map<string, RegExp>()

/** `olist_orders_dataset*.csv` as a regular expression. */
function glob(pattern: string): RegExp {
  const known = globs.get(pattern)
  if (known) return known
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  const made = new RegExp(`^${escaped}$`, 'i')
  globs.set(pattern, made)
  return made
}

/** Words with one sign between them, so that signs do not tell two names apart. */
const joined = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}*]+/gu, '_')
const introduced = /^_?(copy_of|copia_de|cópia_de|kopie_von|copie_de|df)_/

/** Whether the table's pattern itself takes the name, with nothing left out or put in. */
export const takesName = ({ files }: Table, path: string) => glob(files).test(unpackedName(path))

/** The ways in which a name fits a table, the strictest first; the place of the first one that holds is the fit. */
const ways: ((name: string, table: Table) => boolean)[] = [
  (name, table) => takesName(table, name),
  (name, { files }) => {
    const pattern = joined(stemOf(files))
    return /\p{L}/u.test(pattern) && glob(pattern).test(joined(stemOf(name)).replace(introduced, ''))
  },
  (name, table) => sameWords(name, table, (word) => word),
  (name, table) => sameWords(name, table, singular),
]

function sameWords(name: string, table: Table, form: (word: string) => string): boolean {
  const plain = (of: string) => meaning(of, table.dataset).map(form).join(' ')
  const own = plain(stemOf(name))
  return own !== '' && (own === plain(stemOf(table.files)) || own === plain(table.name))
}

/** The tables that a file's name fits best: none, one, or several that it fits equally well. */
export function fittingTables(tables: readonly Table[], name: string): Table[] {
  for (const fits of ways) {
    const found = tables.filter((table) => fits(name, table))
    if (found.length > 0) return found
  }
  return []
}

/** How far a name is from a table's: 0 for the same words, 1 for none in common. */
export function nameDistance(name: string, table: Table): number {
  const pairs = (of: string) => {
    const text = ` ${meaning(of, table.dataset).map(singular).join(' ')} `
    return new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)))
  }
  const own = pairs(stemOf(name))
  const distances = [stemOf(table.files), table.name].map((other) => {
    const theirs = pairs(other)
    const shared = [...own].filter((pair) => theirs.has(pair)).length
    return 1 - (2 * shared) / (own.size + theirs.size)
  })
  return Math.min(...distances)
}

/** Files that programs leave beside the data: nobody misses them. */
export function isLitter(path: string): boolean {
  const parts = path.split('/')
  const name = parts.at(-1) ?? ''
  return (
    parts.some(
      (part) => /^\.[^.]/.test(part) || part === '__MACOSX' || part === '_delta_log' || part === '_temporary',
    ) ||
    /^_(SUCCESS|committed_.*|started_.*|metadata|common_metadata)$/.test(name) ||
    /^(thumbs\.db|desktop\.ini)$/i.test(name) ||
    /\.crc$/i.test(name)
  )
}

export const tablesOf = (datasets: Record<string, Dataset>): Table[] =>
  Object.values(datasets).flatMap((dataset) => Object.values(dataset.tables))
