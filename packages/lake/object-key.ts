/**
 * Throws unless the key can name an object in every store: `/`-separated parts, none empty, none hidden or relative.
 * Names that begin with a dot are the store's own.
 */
export function checkKey(key: string): string {
  return isKey(key) ? key : refuse(key)
}

/** Whether every store takes the key. */
export const isKey = (key: string) => !key.split('/').some((part) => part === '' || /^\.|[\0\\]/.test(part))

/** Whether a part of the key begins with a dot: such names are passed over without a word, as other programs do. */
export const isHidden = (key: string) => key.split('/').some((part) => part.startsWith('.'))

/**
 * Whether a file under `raw/` may have this key. Stores could hold control characters too, but they are never meant, and
 * break whatever prints or parses the name.
 */
export const isRawKey = (key: string) => isKey(key) && !control.test(key)
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const control = /[\u0000-\u001f\u007f]/

/** Why a key that is not hidden is no `isRawKey`. */
export function refusal(key: string): string {
  if (key.includes('\\')) return 'its name holds a backslash; rename it'
  if (control.test(key)) return 'its name holds control characters; rename it'
  return 'a part of its name is empty; rename it'
}

/** As `checkKey`, but the last part may be cut off anywhere, also to nothing: `raw/olist/`, `raw/oli`, the empty prefix. */
export function checkPrefix(prefix: string): string {
  const parts = prefix.split('/')
  const last = parts.pop() ?? ''
  if (last.startsWith('.') || last.includes('\0') || last.includes('\\')) refuse(prefix)
  if (parts.length > 0) checkKey(parts.join('/'))
  return prefix
}

function refuse(key: string): never {
  throw new Error(
    `object store: a key is parts between "/", none of them empty, beginning with "." or holding "\\" or NUL, got ${JSON.stringify(key)}; mend the key`,
  )
}

/** Order of keys in every listing: by UTF-8 bytes. JavaScript's own order differs beyond the basic plane only. */
export function compareKeys(a: string, b: string): number {
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : 0
}
const surrogate = /[\ud800-\udfff]/

/** Where bytes `[start, end)` of an object of this size begin and end; all of it without a range. */
export function clampRange(size: number, range?: { start: number; end: number }): { start: number; end: number } {
  if (!range) return { start: 0, end: size }
  if (
    !(
      Number.isSafeInteger(range.start) &&
      Number.isSafeInteger(range.end) &&
      0 <= range.start &&
      range.start <= range.end
    )
  )
    throw new Error(`object store: a range is whole numbers 0 <= start <= end, got [${range.start}, ${range.end})`)
  return { start: Math.min(range.start, size), end: Math.min(range.end, size) }
}
