import { plainName } from '@droplake/columnar/column-names'
import {
  dataMembers,
  defaultLimits,
  foreignArchive,
  openMember,
  packingOf,
  unpack,
} from '@droplake/columnar/decompress'
import { bytesInMemory, chunksOf, type FileBytes, watchReads } from '@droplake/columnar/file-bytes'
import { foreignFormat } from '@droplake/columnar/foreign-format'
import { isParquet, parquetColumns } from '@droplake/columnar/parquet-as-csv'
import { type Fit, fitsOf, headerNames, tableByColumns } from '@droplake/columnar/recognize-columns'
import { openZip, type Zip, type ZipMember } from '@droplake/columnar/zip'
import { type Dataset, type Fault, faultsOf } from '@droplake/contracts/dataset'
import { nameDistance, takesName } from '@droplake/contracts/file-name'
import { rawPlace, tablesByName } from '@droplake/contracts/route'
import type { Table } from '@droplake/contracts/table'
import type { ObjectInfo } from '@droplake/lake/object-store'
import type { DataEffects } from './effects.ts'
import type { Source } from './markers.ts'
import { objectBytes } from './read-source.ts'

/** A file that a table takes: a raw object, or a member of the archive that it is. */
export type Part = Pick<Source, 'member' | 'bytes' | 'note'> & { table: Table }

/** A file that no table takes. */
export interface Unroutable {
  member?: string
  /** What it is, or why nobody takes it. */
  message: string
  /** It is no file of rows, whatever table it is meant for. */
  isForeign?: boolean
  /** Tables that might, the nearest first. */
  candidates: Candidate[]
}

export interface Candidate {
  dataset: string
  table: string
  /** Columns of the contract that the file has, of how many. */
  known: number
  of: number
}

/** What an object holds. */
export interface Recognized {
  parts: Part[]
  unroutable: Unroutable[]
}

/** What a raw object holds, within the dataset whose folder it lies in; undefined for one outside every dataset's folder. */
export async function recognizeObject(
  { store, datasets }: Pick<DataEffects, 'store' | 'datasets'>,
  info: ObjectInfo,
): Promise<(Recognized & { dataset: string; waiting?: Fault }) | undefined> {
  const place = rawPlace(datasets, info.key)
  if (!place) return undefined
  const { dataset, ...at } = place
  const found = await recognize(Object.values(dataset.tables), at, objectBytes(store, info))
  return { dataset: dataset.name, ...trusted({ [dataset.name]: dataset }, at.path, found, at.table) }
}

/**
 * What was recognized, as far as it is certain while a contract of the datasets cannot be loaded: a file that no table takes
 * may be of that contract's table, and so may one whose name or header is only like another table's. All of it waits then.
 */
export function trusted(
  datasets: Record<string, Dataset>,
  path: string,
  found: Recognized,
  named?: Table,
): Recognized & { waiting?: Fault } {
  const [fault] = faultsOf(datasets)
  if (!fault || named) return found
  const isCertain = ({ table, member }: Part) =>
    !datasets[table.dataset]?.faults || (member ?? path).split('/').some((name) => takesName(table, name))
  const [folder, ...below] = path.split('/')
  const isOther =
    below.length > 0 && Object.values(datasets).some(({ outOfService }) => outOfService?.[`cleaned.${folder}`])
  if (!isOther && found.unroutable.every(({ isForeign }) => isForeign) && found.parts.every(isCertain)) return found
  return { parts: [], unroutable: [], waiting: fault }
}

/** Whether a file's name says that it holds files. */
export const isArchive = (path: string): boolean => /\.zip$/i.test(path)

/** Why no table takes a file, and which might. */
export function reasonOf({ message, candidates }: Unroutable): string {
  const tables = candidates.map(({ dataset, table }) => `--dataset ${dataset} --table ${table}`)
  return tables.length > 0 ? `${message}; nearest: ${tables.join(', ')}` : message
}

const headBytes = 2 ** 16
/** A block of zstd unpacks only as a whole. */
const packedHeadBytes = 2 ** 18
const mostCandidates = 3

/**
 * Whose a file is: the table that its folder names; else the one that its name fits; else the one whose columns its header
 * has. A zip archive of several files is looked into, and each member is recognized for itself. Reads nothing where the name
 * suffices, else the first bytes, or an archive's directory.
 */
export async function recognize(
  tables: readonly Table[],
  at: { path: string; table?: Table },
  source: FileBytes,
): Promise<Recognized> {
  const named = at.table ?? only(tablesByName(tables, at.path))
  if (named && !isArchive(at.path)) return { parts: [{ table: named, bytes: source.size }], unroutable: [] }
  const { file, failed } = watchReads(source)
  try {
    const head = await file.read({ start: 0, end: packedHeadBytes })
    const isZip = packingOf(at.path, head) === 'zip' && foreignFormat(head) === undefined
    const found = isZip
      ? await recognizeArchive(tables, at, { file, named })
      : one(await recognizeFile(tables, at, { named, bytes: file.size, head: () => plainHead(file, head) }))
    // What a failed read left out is not known to be missing.
    if ('cause' in failed) throw failed.cause
    return found
  } catch (error) {
    throw 'cause' in failed ? failed.cause : error
  }
}

type Found = Part | Unroutable

const one = (found: Found): Recognized =>
  'table' in found ? { parts: [found], unroutable: [] } : { parts: [], unroutable: [found] }

async function recognizeArchive(
  tables: readonly Table[],
  at: { path: string; table?: Table },
  { file, named }: { file: FileBytes; named: Table | undefined },
): Promise<Recognized> {
  // Who knows the table of a broken archive says so when he reads it.
  const whole = (message: string) =>
    one(named ? { table: named, bytes: file.size } : { message, isForeign: true, candidates: [] })
  const opened = await openZip(file).catch((error: Error) => error)
  if (opened instanceof Error) return whole(`not a whole zip archive: ${opened.message}`)
  const foreign = foreignArchive(opened) ?? bombIn(opened, file)
  if (foreign) return whole(foreign)
  const members = distinct(dataMembers(opened).filter(({ bytes, fault }) => bytes > 0 || fault))
  if (members.length === 0) return whole('an archive without files')
  const recognizeMember = (member: ZipMember, fallback: Table | undefined) => {
    const path = `${at.path}/${member.name}`
    return recognizeFile(
      tables,
      { path, ...(at.table ? { table: at.table } : {}) },
      {
        named: at.table ?? only(tablesByName(tables, path)) ?? fallback,
        bytes: member.packed,
        head: () => memberHead(opened, member),
        ...(member.fault ? { fault: member.fault } : {}),
      },
    )
  }
  const [single] = members
  if (single && members.length === 1) {
    const found = await recognizeMember(single, named)
    return one('table' in found ? { ...found, bytes: file.size } : found)
  }
  const recognized: Recognized = { parts: [], unroutable: [] }
  for (const member of members) {
    const found = await recognizeMember(member, undefined)
    if ('table' in found) recognized.parts.push({ ...found, member: member.name })
    else recognized.unroutable.push({ ...found, member: member.name })
  }
  return recognized
}

const distinct = (members: readonly ZipMember[]) => [
  ...new Map(members.map((member) => [member.name, member])).values(),
]

/** Many small bombs are one large one. */
function bombIn({ members }: Zip, file: FileBytes): string | undefined {
  const { freeBytes, mostRatio } = defaultLimits
  const bytes = members.reduce((sum, member) => sum + member.bytes, 0)
  return bytes > freeBytes && bytes > file.size * mostRatio
    ? `it unpacks to more than ${mostRatio} times its size, as a decompression bomb does`
    : undefined
}

async function recognizeFile(
  tables: readonly Table[],
  at: { path: string },
  of: { named: Table | undefined; bytes: number; fault?: string; head: () => Promise<Uint8Array> },
): Promise<Found> {
  const { named, bytes, fault } = of
  if (named) return { table: named, bytes }
  if (fault) return { message: fault, isForeign: true, candidates: [] }
  const head = await of.head()
  const foreign = foreignFormat(head)
  const fits = fitsOf(tables, foreign ? [] : headerNames(head, head.length < headBytes))
  const table = tableByColumns(fits)
  if (table) return { table, bytes, note: `taken for ${table.name} by its header` }
  const message =
    foreign ??
    (head.length === 0
      ? 'an empty file'
      : fits[0]?.whole
        ? 'its name is no table’s, and its columns are those of several'
        : 'no table has its name or its columns')
  return foreign
    ? { message, isForeign: true, candidates: [] }
    : { message, candidates: candidatesOf(tables, at.path, fits) }
}

/** Tables that the file may belong to all the same: by the columns that they share, then by their names. */
function candidatesOf(tables: readonly Table[], path: string, fits: readonly Fit[]): Candidate[] {
  const name = path.split('/').at(-1) ?? path
  const near = tables
    .map((table) => ({ table, fit: fits.find((fit) => fit.table === table), distance: nameDistance(name, table) }))
    .map((each) => ({ ...each, shared: each.fit ? each.fit.known / (each.fit.of + each.fit.unknown) : 0 }))
    .sort((a, b) => b.shared - a.shared || a.distance - b.distance)
  const most = near[0]?.shared ?? 0
  return near
    .filter(({ shared, distance }) => (most > 0 && shared * 2 > most) || distance < 0.5)
    .slice(0, mostCandidates)
    .map(({ table, fit }) => ({
      dataset: table.dataset,
      table: table.name,
      known: fit?.known ?? 0,
      of: fit?.of ?? Object.keys(table.columns).length,
    }))
}

/** The first plain bytes of a file, as far as its own first bytes unpack to them. */
async function plainHead(file: FileBytes, head: Uint8Array): Promise<Uint8Array> {
  if (isParquet(head)) return (await parquetHead(file)) ?? head
  const packing = packingOf('', head)
  if (packing !== 'gzip' && packing !== 'zstd') return head.subarray(0, headBytes)
  return firstBytes(unpack[packing](chunksOf(bytesInMemory(head))))
}

/** As its CSV would begin. */
async function parquetHead(file: FileBytes): Promise<Uint8Array | undefined> {
  const names = await parquetColumns(file).catch(() => undefined)
  return names && Buffer.from(`${names.map(plainName).join(',')}\n`)
}

const memberHead = (zip: Zip, member: ZipMember) => firstBytes(openMember(zip, member.name, defaultLimits))

/** What comes before a fault is enough: the bytes were cut off on purpose. */
async function firstBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of chunks) {
      found.push(chunk)
      length += chunk.length
      if (length >= headBytes) break
    }
  } catch {}
  return Buffer.concat(found).subarray(0, headBytes)
}

const only = (tables: readonly Table[]) => (tables.length === 1 ? tables[0] : undefined)
