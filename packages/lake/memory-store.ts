import { createHash } from 'node:crypto'
import { type Clock, systemClock } from './clock.ts'
import { checkKey, checkPrefix, clampRange, compareKeys } from './object-key.ts'
import {
  type ObjectInfo,
  ObjectNotFound,
  type ObjectStore,
  type ObjectWriter,
  PreconditionFailed,
} from './object-store.ts'

interface Stored {
  info: ObjectInfo
  bytes: Uint8Array
}

/** Objects in this process, for tests: conditional creates, versions and order as in the other stores. */
export function memoryStore(options: { clock?: Clock } = {}): ObjectStore {
  const clock = options.clock ?? systemClock
  /** Versions of each key, the current one last. */
  const objects = new Map<string, Stored[]>()
  let writes = 0

  const current = (key: string) => objects.get(key)?.at(-1)
  const find = (key: string, version?: string) =>
    version === undefined ? current(key) : objects.get(key)?.find((stored) => stored.info.version === version)
  const need = (key: string, version?: string): Stored => {
    const stored = find(checkKey(key), version)
    if (!stored) throw new ObjectNotFound(key, version)
    return stored
  }

  function store(key: string, bytes: Uint8Array): ObjectInfo {
    const etag = createHash('md5').update(bytes).digest('hex')
    writes += 1
    const now = clock.now()
    const info = { key, size: bytes.length, etag, version: `v${writes}`, lastModified: now, changedAt: now }
    objects.set(key, [...(objects.get(key) ?? []), { info, bytes }])
    return { ...info }
  }

  async function writer(key: string): Promise<ObjectWriter> {
    checkKey(key)
    const chunks: Uint8Array[] = []
    let open = true
    const use = () => {
      if (!open) throw new Error(`object store: the writer of ${key} was closed already`)
    }
    return {
      async write(bytes) {
        use()
        chunks.push(bytes.slice())
      },
      async close() {
        use()
        open = false
        return store(key, new Uint8Array(Buffer.concat(chunks)))
      },
      async abort() {
        open = false
      },
    }
  }

  return {
    datesUploads: true,
    async head(key, version) {
      const stored = find(checkKey(key), version)
      return stored && { ...stored.info }
    },
    async read(key, { range, version } = {}) {
      const { bytes } = need(key, version)
      const { start, end } = clampRange(bytes.length, range)
      return bytes.slice(start, end)
    },
    async put(key, bytes, { ifAbsent = false } = {}) {
      checkKey(key)
      if (ifAbsent && current(key)) throw new PreconditionFailed(key)
      return store(key, Uint8Array.from(bytes))
    },
    writer,
    async copy(from, to) {
      checkKey(to)
      return store(to, need(from).bytes)
    },
    async *list(prefix, { after } = {}) {
      checkPrefix(prefix)
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys)
      const infos = keys.map((key) => need(key).info)
      for (const { key, size, etag, lastModified, changedAt } of infos)
        if (after === undefined || compareKeys(key, after) > 0) yield { key, size, etag, lastModified, changedAt }
    },
    async *replaced(prefix) {
      checkPrefix(prefix)
      for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort(compareKeys))
        for (const { info } of (objects.get(key) ?? []).slice(0, -1)) yield { ...info }
    },
    async delete(keys) {
      for (const key of keys) objects.delete(checkKey(key))
    },
    locate: (key) => `memory:/${checkPrefix(key)}`,
  }
}
