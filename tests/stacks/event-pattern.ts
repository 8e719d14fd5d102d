type Json = null | boolean | number | string | Json[] | { [field: string]: Json }
type Filter =
  | string
  | number
  | boolean
  | null
  | { prefix: string }
  | { suffix: string }
  | { exists: boolean }
  | { 'anything-but': Json }

/**
 * Whether an EventBridge pattern takes an event: every field of the pattern must match; a list takes any of its filters; a
 * list in the event matches with any of its values. A filter that is not known here throws.
 */
export function takes(pattern: unknown, event: unknown): boolean {
  return Object.entries(pattern as object).every(([field, wanted]) => {
    if (field === '$or') throw new Error('event pattern: nobody looks at $or')
    const value = (event as Record<string, Json> | undefined)?.[field]
    return Array.isArray(wanted) ? takesAny(wanted, value) : typeof value === 'object' && takes(wanted, value)
  })
}

function takesAny(filters: Filter[], value: Json | undefined): boolean {
  if (filters.length === 0) throw new Error('event pattern: an empty list takes nothing')
  const values = Array.isArray(value) ? value : [value]
  return filters.some((filter) => values.some((one) => takesOne(filter, one)))
}

function takesOne(filter: Filter, value: Json | undefined): boolean {
  if (typeof filter !== 'object' || filter === null) return filter === value
  if ('prefix' in filter) return typeof value === 'string' && value.startsWith(filter.prefix)
  if ('suffix' in filter) return typeof value === 'string' && value.endsWith(filter.suffix)
  if ('exists' in filter) return (value !== undefined) === filter.exists
  throw new Error(`event pattern: nobody looks at ${JSON.stringify(filter)}`)
}
