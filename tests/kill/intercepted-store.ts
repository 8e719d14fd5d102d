import type { ObjectStore, ObjectWriter } from '@droplake/lake/object-store'

/** One call of the object store. `create` is a conditional put; a delete of several keys is several operations. */
export interface Operation {
  kind: 'head' | 'read' | 'list' | 'put' | 'create' | 'open' | 'write' | 'close' | 'copy' | 'delete'
  key: string
}

/** Stands around every operation: it may refuse it, delay it, do it twice or keep its answer back. */
export type Intercept = <T>(operation: Operation, go: () => Promise<T>) => Promise<T>

const changing = new Set<Operation['kind']>(['put', 'create', 'close', 'copy', 'delete'])

/** Whether the operation changes what others can see. A writer's bytes are seen by nobody before its close. */
export const isWrite = ({ kind }: Operation) => changing.has(kind)

/** The same store, with every operation handed to `intercept` first. */
export function interceptedStore(store: ObjectStore, intercept: Intercept): ObjectStore {
  return {
    datesUploads: store.datesUploads,
    head: (key, version) => intercept({ kind: 'head', key }, () => store.head(key, version)),
    read: (key, options) => intercept({ kind: 'read', key }, () => store.read(key, options)),
    put: (key, bytes, options) =>
      intercept({ kind: options?.ifAbsent ? 'create' : 'put', key }, () => store.put(key, bytes, options)),
    async writer(key) {
      // A dead process has no open files, whether it closed them or not.
      let opened: ObjectWriter | undefined
      const open = async () => {
        opened = await store.writer(key)
        return opened
      }
      const writer = await intercept({ kind: 'open', key }, open).catch(async (error: unknown) => {
        await opened?.abort()
        throw error
      })
      const orAbort = <T>(going: Promise<T>) =>
        going.catch(async (error: unknown) => {
          await writer.abort()
          throw error
        })
      return {
        write: (bytes) => orAbort(intercept({ kind: 'write', key }, () => writer.write(bytes))),
        close: () => orAbort(intercept({ kind: 'close', key }, () => writer.close())),
        abort: () => writer.abort(),
      }
    },
    copy: (from, to) => intercept({ kind: 'copy', key: to }, () => store.copy(from, to)),
    async *list(prefix, options) {
      yield* await intercept({ kind: 'list', key: prefix }, () => all(store.list(prefix, options)))
    },
    async *replaced(prefix) {
      yield* await intercept({ kind: 'list', key: prefix }, () => all(store.replaced(prefix)))
    },
    async delete(keys) {
      for (const key of keys) await intercept({ kind: 'delete', key }, () => store.delete([key]))
    },
    locate: (key) => store.locate(key),
  }
}

async function all<T>(listing: AsyncIterable<T>): Promise<T[]> {
  const infos: T[] = []
  for await (const info of listing) infos.push(info)
  return infos
}
