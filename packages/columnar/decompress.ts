import { Readable, type Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { isLitter } from '@droplake/contracts/file-name'
import { bytesInMemory, chunksOf, type FileBytes, watchReads } from './file-bytes.ts'
import { foreignFormat } from './foreign-format.ts'
import { isParquet, parquetAsCsv } from './parquet-as-csv.ts'
import { Unreadable } from './unreadable.ts'
import { openZip, type Zip, type ZipMember } from './zip.ts'

export type Packing = 'gzip' | 'zstd' | 'zip'

const endings: Record<string, Packing> = { gz: 'gzip', zst: 'zstd', zip: 'zip' }
const magics: [Packing, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
]

/** Whether a file's name says that it can be read as a whole only: it is compressed, or Parquet. */
export const isPacked = (fileName: string): boolean =>
  byEnding(fileName) !== undefined || /\.(parquet|pq)$/i.test(fileName)

const byEnding = (fileName: string): Packing | undefined =>
  endings[/\.(gz|zst|zip)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '']

/** How a file is packed, by its first bytes, or by its name where they say nothing; undefined for a plain file. */
export function packingOf(fileName: string, head: Uint8Array): Packing | undefined {
  return byMagic(head) ?? byEnding(fileName)
}

function byMagic(head: Uint8Array): Packing | undefined {
  return magics.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0]
}

/** What a file may unpack to: bombs end here. */
export interface UnpackLimits {
  /** No file unpacks to more bytes. */
  mostBytes: number
  /** Beyond `freeBytes` of output no file unpacks to more than this times its own size. */
  mostRatio: number
  freeBytes: number
}

export const defaultLimits: UnpackLimits = { mostBytes: 2 ** 36, mostRatio: 200, freeBytes: 2 ** 28 }

export interface PlainOptions {
  /** The member of a zip archive that is the file; without it the archive must hold exactly one. */
  member?: string
  limits?: UnpackLimits
}

/**
 * The plain bytes of a file: unpacked as its first bytes or its ending ask for (gzip, zstd, zip), else as they are; a Parquet
 * file as CSV. Members of gzip and frames of zstd that follow each other are one file. A member of a zip may be packed once more, by gzip or zstd.
 *
 * Throws `Unreadable` when the archive is cut off, corrupt or encrypted, does not hold the one file, or unpacks to more
 * than the limits allow. Errors of reading the file pass as they are.
 */
export async function* openPlain(
  fileName: string,
  source: FileBytes,
  options: PlainOptions = {},
): AsyncIterable<Uint8Array> {
  const { limits = defaultLimits } = options
  const { file, failed } = watchReads(source)
  const head = await source.read({ start: 0, end: 1024 })
  const packing = packingOf(fileName, head)
  if (!packing && !isParquet(head)) {
    yield* chunksOf(file)
    return
  }
  try {
    // A pointer, or the page of a login, under the name of an archive.
    const foreign = packing && foreignFormat(head)
    if (foreign) throw new Refused(foreign)
    if (!packing) yield* limited(parquetAsCsv(file), file.size, limits)
    else if (packing !== 'zip') yield* limited(unpack[packing](chunksOf(file)), file.size, limits)
    else yield* openMember(await openZip(file), options.member, limits)
  } catch (error) {
    if ('cause' in failed) throw failed.cause
    if (!(error instanceof Error)) throw error
    const name = options.member ?? fileName
    if (error instanceof Refused) throw new Unreadable(`${name}: ${error.message}`)
    const kind = packing ? `${packing} archive of one file` : 'Parquet file'
    const what = options.member === undefined ? `not a whole ${kind}` : 'not readable'
    throw new Unreadable(`${name}: ${what}: ${error.message}`, { cause: error })
  }
}

/** A fault that says everything by itself. */
class Refused extends Error {}

/** The plain bytes of a member; without a name, of the only one. */
export async function* openMember(zip: Zip, name: string | undefined, limits: UnpackLimits): AsyncIterable<Uint8Array> {
  const member = name === undefined ? onlyMember(zip) : zip.members.find((each) => each.name === name)
  if (!member) throw new Error(`the archive has no member of this name`)
  if (member.fault) throw new Refused(member.fault)
  refuseBomb(member.bytes, member.packed, limits)
  const chunks = limited(zip.open(member), member.packed, limits)
  const head = await peek(chunks)
  const nested = packingOf(member.name, head.bytes)
  if (isParquet(head.bytes)) {
    yield* parquetAsCsv(await inMemory(head.chunks))
    return
  }
  if (nested === 'zip') {
    const isOffice = Buffer.from(head.bytes).includes('[Content_Types].xml')
    throw new Refused(isOffice ? workbook : 'a zip archive within the archive; unpack it first')
  }
  if (nested) yield* limited(unpack[nested](head.chunks), member.packed, limits)
  else yield* head.chunks
}

const mostInMemory = 2 ** 26

/** A Parquet file is read from its end. */
async function inMemory(chunks: AsyncIterable<Uint8Array>): Promise<FileBytes> {
  const held: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    length += chunk.length
    if (length > mostInMemory)
      throw new Refused(`it is a Parquet file of more than ${mostInMemory} bytes within an archive; unpack it first`)
  }
  return bytesInMemory(Buffer.concat(held))
}

/** The members of an archive that are files of its sender, not of his computer. */
export const dataMembers = (zip: Zip): ZipMember[] => zip.members.filter(({ name }) => !isLitter(name))

function onlyMember(zip: Zip): ZipMember {
  const foreign = foreignArchive(zip)
  if (foreign) throw new Refused(foreign)
  const members = dataMembers(zip)
  if (members.length !== 1) throw new Error(`it holds ${members.length === 0 ? 'no file' : 'several files'}`)
  return members[0] as ZipMember
}

const workbook = 'an Excel workbook: save it as CSV'

/** What a zip archive is when it is another program's document. */
export function foreignArchive({ members }: Zip): string | undefined {
  const has = (name: string) => members.some((member) => member.name === name)
  if (has('xl/workbook.xml') || has('xl/workbook.bin')) return workbook
  if (has('Index/Document.iwa')) return 'a Numbers spreadsheet: export it as CSV'
  if (has('word/document.xml')) return 'a Word document: save its table as CSV'
  if (has('content.xml') && has('mimetype')) return 'an OpenDocument file: save it as CSV'
  return undefined
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  packed: number,
  limits: UnpackLimits,
): AsyncIterable<Uint8Array> {
  let unpacked = 0
  for await (const chunk of chunks) {
    unpacked += chunk.length
    refuseBomb(unpacked, packed, limits)
    yield chunk
  }
}

function refuseBomb(unpacked: number, packed: number, { mostBytes, mostRatio, freeBytes }: UnpackLimits): void {
  if (unpacked > mostBytes) throw new Refused(`it unpacks to more than ${mostBytes} bytes, the limit that is set`)
  if (unpacked > freeBytes && unpacked > packed * mostRatio)
    throw new Refused(`it unpacks to more than ${mostRatio} times its size, as a decompression bomb does`)
}

/** Packings that are one stream, whatever its chunks. */
export const unpack: Record<
  Exclude<Packing, 'zip'>,
  (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
> = {
  gzip: gunzip,
  zstd: unzstd,
}

/** The first bytes of a stream, and the whole stream. */
async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Uint8Array; chunks: AsyncGenerator<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  const { value = new Uint8Array(0), done } = await iterator.next()
  async function* chunks() {
    try {
      if (value.length > 0) yield value
      for (let ended = done; !ended; ) {
        const next = await iterator.next()
        ended = next.done
        if (!next.done) yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { bytes: value, chunks: chunks() }
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const inflated = createGunzip({ chunkSize: 1 << 18 })
  const done = pipeline(Readable.from(chunks), inflated).catch(() => {})
  try {
    yield* inflated
  } finally {
    inflated.destroy()
    await done
  }
}

/** Compressed bytes a step, which bounds what a bomb unpacks to before the count of bytes stops it. */
const zstdStep = 4096

/**
 * Node's stream drops what follows a frame that ends inside a chunk, without an error. So it gets small pieces, and
 * what it did not take begins the next frame.
 */
async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let frame = openFrame()
  try {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + zstdStep)
        const used = await frame.write(piece)
        yield* frame.take()
        at += used
        if (used === piece.length) continue
        await frame.end()
        yield* frame.take()
        frame = openFrame()
      }
    await frame.end()
    yield* frame.take()
  } finally {
    frame.stream.destroy()
  }
}

function openFrame() {
  const stream = createZstdDecompress({ chunkSize: 1 << 18 })
  const out: Uint8Array[] = []
  stream.on('data', (chunk: Uint8Array) => out.push(chunk))
  const ended = finished(stream as Transform)
  ended.catch(() => {})
  return {
    stream,
    take: () => out.splice(0),
    /** How many of the bytes belong to this frame. */
    async write(piece: Uint8Array): Promise<number> {
      const before = stream.bytesWritten
      await Promise.race([
        ended,
        new Promise<void>((resolve, reject) => stream.write(piece, (error) => (error ? reject(error) : resolve()))),
      ])
      return stream.bytesWritten - before
    },
    async end(): Promise<void> {
      stream.end()
      await ended
    },
  }
}
