import { ObjectNotFound, type ObjectStore, PreconditionFailed } from '@droplake/lake/object-store'

/** Thrown when an object of the lake is not what was written there: the disk, or somebody, has changed it. */
export class DamagedObject extends Error {
  override readonly name = 'DamagedObject'
  readonly key: string
  constructor(key: string, how: 'is gone' | 'is empty' | 'is damaged', options?: ErrorOptions) {
    super(`lake: ${key} ${how}; ${remedyFor(key)}`, options)
    this.key = key
  }
}

const fresh = 'drop raw/ into a fresh lake (droplake drop LAKE/raw --lake NEW)'

/** What helps when an object is damaged. */
export function remedyFor(key: string): string {
  if (key.startsWith('ops/log/')) return `restore it from a backup, or ${fresh}; droplake query works meanwhile`
  if (key.startsWith('ops/pending/')) return 'droplake run enqueues its file anew; delete it where the file is gone'
  if (key.startsWith('ops/catalog/')) return 'droplake run writes the catalog anew'
  if (key.startsWith('ops/')) return 'droplake run goes on without it'
  if (key.startsWith('curated/')) return 'droplake run builds its model anew'
  return `restore it from a backup, or ${fresh}`
}

const encode = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`)

export async function readRecord<T>(store: ObjectStore, key: string): Promise<T> {
  const text = Buffer.from(await store.read(key)).toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as T
  } catch {}
  throw new DamagedObject(key, text.trim() === '' ? 'is empty' : 'is damaged')
}

/** Undefined when there is no such record. */
export async function findRecord<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  try {
    return await readRecord<T>(store, key)
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined
    throw error
  }
}

/** As `findRecord`, but a damaged record counts as none: for what the dataset can go on without. */
export async function findIntact<T>(store: ObjectStore, key: string): Promise<T | undefined> {
  try {
    return await findRecord<T>(store, key)
  } catch (error) {
    if (error instanceof DamagedObject) return undefined
    throw error
  }
}

/** Creates the record unless it exists; true when this call created it. */
export async function createRecord(store: ObjectStore, key: string, value: unknown): Promise<boolean> {
  try {
    await store.put(key, encode(value), { ifAbsent: true })
    return true
  } catch (error) {
    if (error instanceof PreconditionFailed) return false
    throw error
  }
}

/**
 * A step's result, decided once: the first attempt to create the record wins, and every attempt goes on with what the
 * record says. So a step may run any number of times, also at the same time.
 */
export async function once<T>(store: ObjectStore, key: string, make: () => Promise<T>): Promise<T> {
  const existing = await findRecord<T>(store, key)
  if (existing !== undefined) return existing
  const made = await make()
  return (await createRecord(store, key, made)) ? made : await readRecord<T>(store, key)
}

/** For hints only: the last writer wins. */
export async function replaceRecord(store: ObjectStore, key: string, value: unknown): Promise<void> {
  await store.put(key, encode(value))
}
