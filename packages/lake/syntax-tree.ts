/**
 * The parser's syntax tree as plain data: each node is `{type: data}`. Its declared types cover a thousand kinds; what is
 * rewritten here reads a few fields of a few of them.
 */
export type Node = Record<string, unknown>
export type Data = Record<string, unknown>

export const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const kindOf = (node: unknown): string => (isObject(node) ? (Object.keys(node)[0] ?? '') : '')

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const nameOf = (identifier: unknown): string =>
  isObject(identifier) && typeof identifier.name === 'string' ? identifier.name : ''

/** Where the first name in an expression stands, `line 2:9: `; empty where there is none. */
export function placeOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(placeOf).find((place) => place !== '') ?? ''
  if (!isObject(value)) return ''
  const { span } = value
  if (isObject(span) && typeof span.line === 'number')
    return `line ${span.line}:${Number(span.column) - Number(span.end) + Number(span.start)}: `
  return (
    Object.values(value)
      .map(placeOf)
      .find((place) => place !== '') ?? ''
  )
}

/** The text of a string literal, undefined for any other node. */
export function literalText(node: unknown): string | undefined {
  const literal = isObject(node) && isObject(node.literal) ? node.literal : undefined
  return literal?.literal_type === 'string' && typeof literal.value === 'string' ? literal.value : undefined
}

/** The value of a literal whole number, undefined for any other node. */
export function literalNumber(node: unknown): number | undefined {
  const literal = isObject(node) && isObject(node.literal) ? node.literal : undefined
  return literal?.literal_type === 'number' && /^\d+$/.test(String(literal.value)) ? Number(literal.value) : undefined
}

/** Rebuilds a tree from the leaves up; `mend` gives another node for `{type: data}`, or nothing to leave it. */
export function rewrite(value: unknown, mend: (type: string, data: Data) => Node | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, mend))
  if (!isObject(value)) return value
  const copy: Data = {}
  for (const [key, part] of Object.entries(value)) copy[key] = rewrite(part, mend)
  const keys = Object.keys(copy)
  const data = copy[keys[0] ?? '']
  return keys.length === 1 && isObject(data) ? (mend(keys[0] ?? '', data) ?? copy) : copy
}

export const call = (name: string, ...args: unknown[]): Node => ({ function: { name, args, distinct: false } })

export const text = (value: string): Node => ({ literal: { literal_type: 'string', value } })

export const number = (value: number): Node => ({ literal: { literal_type: 'number', value: String(value) } })

export const cast = (value: unknown, to: Data): Node => ({
  cast: { this: value, to, trailing_comments: [], double_colon_syntax: false, format: null, default: null },
})

/** An aggregate with another name and arguments, and the filter, distinct and order of `like`. */
export const aggregate = (name: string, args: unknown[], like: Data): Node => ({
  aggregate_function: {
    distinct: false,
    filter: null,
    order_by: [],
    limit: null,
    ignore_nulls: null,
    ...like,
    name,
    args,
  },
})

export const alias = (value: unknown, name: string): Node => ({
  alias: {
    this: value,
    alias: { name, quoted: true, trailing_comments: [], span: null },
    column_aliases: [],
    alias_explicit_as: true,
    pre_alias_comments: [],
    trailing_comments: [],
  },
})
