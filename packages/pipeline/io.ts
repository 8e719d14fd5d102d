import type { ObjectStore } from '@droplake/lake/object-store'

export interface Io {
  bytesRead: number
  bytesWritten: number
  requests: number
}

export const noIo = (): Io => ({ bytesRead: 0, bytesWritten: 0, requests: 0 })

export function addIo(...parts: (Io | undefined)[]): Io {
  const sum = noIo()
  for (const part of parts) {
    sum.bytesRead += part?.bytesRead ?? 0
    sum.bytesWritten += part?.bytesWritten ?? 0
    sum.requests += part?.requests ?? 0
  }
  return sum
}

/** The same store, counting its traffic into `io`. A listing counts as one request for every 1,000 objects. */
export function counted(store: ObjectStore, io: Io): ObjectStore {
  const request = () => {
    io.requests++
  }
  return {
    datesUploads: store.datesUploads,
    head(key, version) {
      request()
      return store.head(key, version)
    },
    async read(key, options) {
      request()
      const bytes = await store.read(key, options)
      io.bytesRead += bytes.length
      return bytes
    },
    put(key, bytes, options) {
      request()
      io.bytesWritten += bytes.length
      return store.put(key, bytes, options)
    },
    async writer(key) {
      request()
      const writer = await store.writer(key)
      return {
        ...writer,
        write(bytes) {
          io.bytesWritten += bytes.length
          return writer.write(bytes)
        },
      }
    },
    copy(from, to) {
      request()
      return store.copy(from, to)
    },
    async *list(prefix, options) {
      let objects = 0
      for await (const info of store.list(prefix, options)) {
        if (objects++ % 1000 === 0) request()
        yield info
      }
      if (objects === 0) request()
    },
    async *replaced(prefix) {
      request()
      yield* store.replaced(prefix)
    },
    delete(keys) {
      request()
      return store.delete(keys)
    },
    locate: (key) => store.locate(key),
  }
}
