import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { crc32, createGunzip, createZstdDecompress } from 'node:zlib'
import { openPromise } from 'yauzl'
import { Unreadable } from './unreadable.ts'

type Archive = 'gzip' | 'zstd' | 'zip'

const endings: Record<string, Archive> = { gz: 'gzip', zst: 'zstd', zip: 'zip' }
const magics: [Archive, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
]

/** Whether a file's name says that it is compressed. */
export const isCompressed = (fileName: string): boolean => byEnding(fileName) !== undefined

const byEnding = (fileName: string): Archive | undefined =>
  endings[/\.(gz|zst|zip)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '']

/**
 * The plain bytes of a file: unpacked by its ending (`.gz`, `.zst`, `.zip` with exactly one file), by its first bytes
 * where the ending says nothing, else as they are. Members and frames that follow each other are one file. A zip is
 * spooled to a temporary file, because its directory stands at its end.
 *
 * Throws `Unreadable` when the archive is cut off, corrupt, encrypted, holds several files, or unpacks to more than
 * `maxBytes` (64 GiB). Errors of the source pass as they are.
 */
export async function* openPlain(
  fileName: string,
  source: AsyncIterable<Uint8Array>,
  options: { maxBytes?: number } = {},
): AsyncIterable<Uint8Array> {
  const { maxBytes = 2 ** 36 } = options
  const failed: { cause?: unknown } = {}
  const input = await peek(watched(source, failed))
  const archive = byEnding(fileName) ?? byMagic(input.head)
  if (!archive) {
    yield* input.chunks
    return
  }
  let unpacked = 0
  try {
    for await (const chunk of unpack[archive](input.chunks)) {
      unpacked += chunk.length
      if (unpacked > maxBytes) throw new Unreadable(`it unpacks to more than ${maxBytes} bytes`)
      yield chunk
    }
  } catch (error) {
    if ('cause' in failed) throw failed.cause
    if (!(error instanceof Error) || isSystemError(error)) throw error
    throw new Unreadable(`${fileName}: not a whole ${archive} archive of one file: ${error.message}`, { cause: error })
  }
}

const unpack: Record<Archive, (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>> = {
  gzip: gunzip,
  zstd: unzstd,
  zip: unzip,
}

/** Trouble of the machine, not of the bytes: the temporary file could not be written or read. */
const isSystemError = (error: Error): boolean => 'syscall' in error

function byMagic(head: Uint8Array): Archive | undefined {
  return magics.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0]
}

/** Remembers an error of the source, so that it is not taken for one of the archive. */
async function* watched(source: AsyncIterable<Uint8Array>, failed: { cause?: unknown }): AsyncIterable<Uint8Array> {
  try {
    yield* source
  } catch (error) {
    failed.cause = error
    throw error
  }
}

async function peek(
  source: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; chunks: AsyncGenerator<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]()
  let head = new Uint8Array(0)
  let ended = false
  while (head.length < 4 && !ended) {
    const { value, done } = await iterator.next()
    if (done) ended = true
    else head = Uint8Array.from(Buffer.concat([head, value]))
  }
  async function* chunks() {
    try {
      if (head.length > 0) yield head
      while (!ended) {
        const { value, done } = await iterator.next()
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head, chunks: chunks() }
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

async function* unzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'droplake-zip-'))
  try {
    const path = join(folder, 'archive.zip')
    await pipeline(Readable.from(chunks), createWriteStream(path))
    const zip = await openPromise(path, { autoClose: false, lazyEntries: true })
    try {
      const files = []
      for await (const entry of zip.eachEntry()) {
        // Finder adds a folder of its own beside the file.
        if (!entry.fileName.endsWith('/') && !entry.fileName.startsWith('__MACOSX/')) files.push(entry)
        if (files.length > 1) break
      }
      const [file] = files
      if (!file || files.length > 1) throw new Error(`it holds ${file ? 'several files' : 'no file'}`)
      if (file.isEncrypted()) throw new Error('it is encrypted')
      let sum = 0
      for await (const chunk of await zip.openReadStreamPromise(file)) {
        sum = crc32(chunk, sum)
        yield chunk
      }
      if (sum !== file.crc32) throw new Error(`checksum of ${file.fileName} is wrong`)
    } finally {
      zip.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
