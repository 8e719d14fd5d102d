import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'

/** One file in the making. */
export interface FileSink {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** Opens a file by name, `olist_orders_dataset.csv`. Every generator writes through one. */
export type Sink = (fileName: string) => FileSink

/** Files of a folder, which is created when absent; files of the same name are replaced. */
export function folderSink(folder: string): Sink {
  mkdirSync(folder, { recursive: true })
  return (fileName) => {
    const stream = createWriteStream(join(folder, fileName))
    const done = finished(stream)
    // The failure is thrown by write or close; without this a failure between two writes would end the process.
    done.catch(() => {})
    return {
      write: (bytes) =>
        new Promise((resolve, reject) => stream.write(bytes, (error) => (error ? reject(error) : resolve()))),
      close: async () => {
        stream.end()
        await done
      },
    }
  }
}

/** Files in memory, whole once the generator has returned. */
export function memorySink(): { sink: Sink; files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>()
  const sink: Sink = (fileName) => {
    const chunks: Uint8Array[] = []
    return {
      write: async (bytes) => {
        chunks.push(bytes)
      },
      close: async () => {
        files.set(fileName, Buffer.concat(chunks))
      },
    }
  }
  return { sink, files }
}
