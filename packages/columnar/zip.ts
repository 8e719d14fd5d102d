import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  validateFileName,
} from 'yauzl'
import { chunksOf, type FileBytes } from './file-bytes.ts'

/** One file of a zip archive, as its directory describes it. */
export interface ZipMember {
  /** Path within the archive, with `/`. */
  name: string
  /** Bytes in the archive. */
  packed: number
  /** Bytes when unpacked, as the directory says. */
  bytes: number
  /** Why it cannot be read. */
  fault?: string
}

/** A zip archive: nothing but its directory and the members that are asked for is read, and nothing is written. */
export interface Zip {
  /** Of every file, in the order of the directory; folders are left out. */
  members: ZipMember[]
  /** The bytes of a member. Throws where they are not what the directory says. */
  open(member: ZipMember): AsyncIterable<Uint8Array>
}

const mostMembers = 10_000

/** Reads the directory. Throws on bytes that are no whole zip archive. */
export async function openZip(file: FileBytes): Promise<Zip> {
  const zip = await fromRandomAccessReaderPromise(new Reader(file), file.size, {
    autoClose: false,
    decodeStrings: false,
    validateEntrySizes: false,
  })
  if (zip.entryCount > mostMembers) throw new Error(`it has ${zip.entryCount} members, more than ${mostMembers}`)
  const entries = new Map<ZipMember, Entry>()
  let packed = 0
  for await (const entry of zip.eachEntry()) {
    packed += entry.compressedSize
    const member = memberOf(entry)
    if (!member.name.endsWith('/')) entries.set(member, entry)
  }
  if (packed > file.size)
    throw new Error(`its members are ${packed} bytes long and it is ${file.size}, so they overlap`)
  const members = [...entries.keys()]
  const times = new Map<string, number>()
  for (const { name } of members) times.set(name, (times.get(name) ?? 0) + 1)
  for (const member of members) {
    const count = times.get(member.name) ?? 0
    if (count > 1) member.fault = `the archive has ${count} members of this name`
  }
  return {
    members,
    async *open(member) {
      const entry = entries.get(member)
      if (!entry) throw new Error(`it has no member ${member.name}`)
      if (member.fault) throw new Error(member.fault)
      let sum = 0
      let bytes = 0
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        sum = crc32(chunk, sum)
        bytes += chunk.length
        if (bytes > entry.uncompressedSize) break
        yield chunk
      }
      if (bytes !== entry.uncompressedSize) throw new Error('its size is not the one that the archive says')
      if (sum !== entry.crc32) throw new Error('its checksum is not the one that the archive says')
    },
  }
}

function memberOf(entry: Entry): ZipMember {
  const { generalPurposeBitFlag, fileNameRaw, extraFields, compressedSize, uncompressedSize } = entry
  const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
  const fault = faultOf(entry, name)
  return { name, packed: compressedSize, bytes: uncompressedSize, ...(fault ? { fault } : {}) }
}

function faultOf(entry: Entry, name: string): string | undefined {
  if (validateFileName(name) !== null || name.includes('\0')) return 'its name leads out of the archive'
  if (entry.isEncrypted()) return 'it is encrypted; pack it without a password'
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `it is packed by method ${entry.compressionMethod}; pack it with deflate, as every zip program can`
  return undefined
}

const windowBytes = 2 ** 16

/** Reads ahead, because the library asks for a few bytes at a time and each request to a bucket takes its time. */
class Reader extends RandomAccessReader {
  readonly #file: FileBytes
  #window: { start: number; bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) }

  constructor(file: FileBytes) {
    super()
    this.#file = file
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void) {
    this.#bytes(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset)
        done(bytes.length < length ? new Error('it ends too early') : null)
      },
      (error: Error) => done(error),
    )
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksOf(this.#file, { start, end }), { objectMode: false })
  }

  async #bytes(start: number, length: number): Promise<Uint8Array> {
    const { start: from, bytes } = this.#window
    if (start < from || start + length > from + bytes.length) {
      const end = Math.min(this.#file.size, start + Math.max(length, windowBytes))
      this.#window = { start, bytes: await this.#file.read({ start: Math.min(start, end), end }) }
    }
    const at = start - this.#window.start
    return this.#window.bytes.subarray(at, at + length)
  }
}
