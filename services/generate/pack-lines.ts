/**
 * Texts as newline-ended lines, many to a chunk of at most so many bytes. A line that is longer has a chunk of its own.
 * Firehose bills each record in steps of 5 KB, so a record that holds one event of 300 bytes costs seventeen times its size.
 */
export function packLines(lines: Iterable<string>, mostBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let waiting: Uint8Array[] = []
  let bytes = 0
  const close = () => {
    if (waiting.length > 0) chunks.push(Buffer.concat(waiting))
    waiting = []
    bytes = 0
  }
  for (const line of lines) {
    const encoded = Buffer.from(`${line}\n`)
    if (bytes + encoded.length > mostBytes) close()
    waiting.push(encoded)
    bytes += encoded.length
  }
  close()
  return chunks
}
