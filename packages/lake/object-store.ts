/** One stored object. `version` names these bytes for ever; `etag` is equal for equal uploads where the store can tell. */
export interface ObjectInfo {
  key: string
  /** bytes */
  size: number
  etag: string
  version: string
  /** UTC milliseconds */
  lastModified: number
  /** UTC milliseconds: when the store itself saw the object change last. No program can set it. */
  changedAt: number
}

/** What a listing tells: the version is for `head` to say. */
export type ListedObject = Omit<ObjectInfo, 'version'>

/** What a write tells: the time is for `head` to say. */
export type WrittenObject = Omit<ObjectInfo, 'lastModified' | 'changedAt'>

/** Bytes `[start, end)` of an object. */
export interface ByteRange {
  start: number
  end: number
}

export interface ListOptions {
  after?: string
  /**
   * Called for each name under the prefix that can be no object: a link, a pipe, a name that no key may have. With it,
   * what may not be read is left out in the same way; without it, the listing throws then.
   */
  onLeftOut?: (leftOut: LeftOut) => void
}

/** A name that a listing left out, in a form that can be printed. */
export interface LeftOut {
  name: string
  reason: string
}

/** An object in the making: nobody sees it before `close`, and never after `abort`. */
export interface ObjectWriter {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<WrittenObject>
  abort(): Promise<void>
}

/**
 * Immutable-object storage: S3, a folder, memory. Keys are `/`-separated; no part is empty or begins with a dot.
 *
 * Every method that reads an absent object throws `ObjectNotFound`. A listing is whole or it throws: never a part.
 * Under `raw/` bytes that were replaced stay readable by their version until the key is deleted; elsewhere nothing is
 * ever replaced but by equal bytes, and a store need not keep them.
 */
export interface ObjectStore {
  /** Whether `lastModified` is the upload, as the store dated it. In a folder any program may set it. */
  readonly datesUploads: boolean
  /** Undefined when the key (or that version of it) is absent. */
  head(key: string, version?: string): Promise<ObjectInfo | undefined>
  /** The bytes, of exactly that version when one is given. A range past the end is cut off at the end, also to nothing. */
  read(key: string, options?: { range?: ByteRange; version?: string }): Promise<Uint8Array>
  /** Replaces the object as a whole. With `ifAbsent` throws `PreconditionFailed` when the key exists. */
  put(key: string, bytes: Uint8Array, options?: { ifAbsent?: boolean }): Promise<WrittenObject>
  /** For objects too large for memory. */
  writer(key: string): Promise<ObjectWriter>
  /** Copies without moving bytes through this process. */
  copy(from: string, to: string): Promise<WrittenObject>
  /** Every object under the prefix, in the order of the keys' UTF-8 bytes, from the first key greater than `after`. */
  list(prefix: string, options?: ListOptions): AsyncIterable<ListedObject>
  /** Versions under `raw/…` whose keys hold other bytes now: those that can still be read, the oldest of a key first. */
  replaced(prefix: string): AsyncIterable<ObjectInfo>
  /** Absent keys are fine. Kept versions of the keys may go as well. */
  delete(keys: readonly string[]): Promise<void>
  /** How the query engine names the object, or the folder of a prefix: `s3://bucket/key`, or an absolute path. */
  locate(key: string): string
}

/** Thrown by a conditional create whose key exists (HTTP 412). */
export class PreconditionFailed extends Error {
  override readonly name = 'PreconditionFailed'
  constructor(key: string) {
    super(`object store: ${key} exists already`)
  }
}

/** Thrown when a key, or a version of it, is absent (HTTP 404). */
export class ObjectNotFound extends Error {
  override readonly name = 'ObjectNotFound'
  constructor(key: string, version?: string) {
    super(`object store: no object ${key}${version ? ` at version ${version}` : ''}`)
  }
}

/** Whether an error means that this process may not read one object: a permission, or the key of its encryption, is missing. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', $metadata = {} } = error as { code?: string; $metadata?: { httpStatusCode?: number } }
  // The answer to HEAD has no body, so only its status tells; 400 is that of an object under a customer's own key.
  return [400, 401, 403].includes($metadata.httpStatusCode ?? 0) || ['EACCES', 'EPERM'].includes(code)
}
