import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  name: string
  bytes: Uint8Array
  stored?: boolean
  crc?: number
  flags?: number
  /** The size that the archive claims. */
  claimed?: number
  method?: number
}

/** A zip as the format's appnote has it: stored or deflated entries, or files by their names; a directory; an end record. */
export function zip(files: ZipEntry[] | Record<string, Uint8Array>): Buffer {
  const entries = Array.isArray(files)
    ? files
    : Object.entries(files).map(([name, bytes]): ZipEntry => ({ name, bytes }))
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, stored = false, crc = crc32(bytes), flags = 0, ...entry } of entries) {
    const nameBytes = Buffer.from(name)
    const data = stored ? Buffer.from(bytes) : deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(flags | 0x0800, 2)
    fields.writeUInt16LE(entry.method ?? (stored ? 0 : 8), 4)
    fields.writeUInt32LE(crc, 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(entry.claimed ?? bytes.length, 18)
    fields.writeUInt16LE(nameBytes.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, nameBytes, data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\x05\x06'), end])
}
