import { QueryFailed } from './query-engine.ts'

/** Patterns within literals: Athena's as DuckDB writes them. */

/** A JSON path (`$.a`, `$["a b"]`, `$.a[0]`) as one of DuckDB's, each key in quotes. */
export function duckdbJsonPath(path: string): string {
  const invalid = () =>
    new QueryFailed('user', `Invalid JSON path: '${path}'; write $.key, $["key"] or $.array[0], without wildcards here`)
  if (!path.startsWith('$')) throw invalid()
  let rest = path.slice(1)
  let translated = '$'
  while (rest !== '') {
    const part = /^\.([\p{L}\p{N}_$:-]+)|^\["((?:[^"\\]|\\.)*)"\]|^\['([^'"]*)'\]|^\[(\d+)\]/u.exec(rest)
    if (!part) throw invalid()
    const key = part[1] ?? part[2]?.replace(/\\(.)/g, '$1') ?? part[3]
    if (key?.includes('"')) throw invalid()
    translated += key === undefined ? `[${part[4]}]` : `."${key}"`
    rest = rest.slice(part[0].length)
  }
  return translated
}

/** Java's named groups as RE2 writes them; what RE2 lacks (look-around, references) it refuses itself. */
export const re2Pattern = (pattern: string): string => pattern.replace(/(?<!\\)\(\?<(?=[A-Za-z])/g, '(?P<')

/** What replaces a match, with Java's `$1`, `${name}` and `\$`, as RE2's `\1`. */
export function re2Replacement(replacement: string, pattern: string | undefined): string {
  return replacement.replace(/\\(.)|\\$|\$\{(\w+)\}|\$(\d)?|[^\\$]+/gs, (token, escaped, name, digit) => {
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped
    if (name !== undefined) return `\\${namedGroup(pattern ?? '', name)}`
    if (digit !== undefined) return `\\${digit}`
    if (token === '\\' || token === '$')
      throw new QueryFailed('user', `regexp_replace: a replacement writes $ as \\$, got '${replacement}'`)
    return token
  })
}

function namedGroup(pattern: string, name: string): number {
  const at = groups(pattern).findIndex((group) => group.name === name)
  if (at < 0) throw new QueryFailed('user', `regexp_replace: the pattern has no group called ${name}`)
  return at + 1
}

/** Whether group `n` of a regular expression can match the empty text; true where that cannot be told. */
export function groupMatchesEmpty(pattern: string, n: number): boolean {
  const group = groups(pattern)[n - 1]
  if (!group) return true
  try {
    return new RegExp(`^(?:${group.source})$`, 'u').test('')
  } catch {
    return true
  }
}

/** The capturing groups of a regular expression, in order. */
function groups(pattern: string): { name?: string; source: string }[] {
  const found: { name?: string; source: string }[] = []
  const open: ({ group: (typeof found)[number]; from: number } | undefined)[] = []
  let inClass = false
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i]
    if (character === '\\') i += 1
    else if (character === '[' && !inClass) inClass = true
    else if (character === ']' && inClass) inClass = false
    else if (character === '(' && !inClass) {
      const special = /^\((?:\?(?:P?<([A-Za-z]\w*)>|(.)))?/.exec(pattern.slice(i))
      const isPlain = special?.[2] === undefined
      const group = { source: '', ...(special?.[1] === undefined ? {} : { name: special[1] }) }
      if (isPlain) found.push(group)
      open.push(isPlain ? { group, from: i + (special?.[0].length ?? 1) } : undefined)
    } else if (character === ')' && !inClass) {
      const last = open.pop()
      if (last) last.group.source = pattern.slice(last.from, i)
    }
  }
  return found
}
