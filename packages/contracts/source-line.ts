/** A token of a TypeScript file, as far as object literals need it. */
interface Token {
  /** A name, a sign, or a text without its quotes. */
  text: string
  kind: 'word' | 'text' | 'sign'
  /** From 1. */
  line: number
}

const pattern =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<text>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`)|(?<word>[\p{L}\p{N}_$]+)|(?<sign>\.\.\.|=>|[^\s])|\s+/gu

function tokensOf(source: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (const match of source.matchAll(pattern)) {
    const { text, word, sign } = match.groups ?? {}
    if (text !== undefined) tokens.push({ text: text.slice(1, -1), kind: 'text', line })
    else if (word !== undefined) tokens.push({ text: word, kind: 'word', line })
    else if (sign !== undefined) tokens.push({ text: sign, kind: 'sign', line })
    line += match[0].split('\n').length - 1
  }
  return tokens
}

/**
 * The line on which a property of the file's declared value stands, as `['columns', 'price', 'min']`; undefined where it
 * does not stand there in so many words, for a line that is not the right one misleads more than none.
 */
export function lineOf(source: string, path: readonly (string | number)[]): number | undefined {
  const tokens = tokensOf(source)
  const sign = (at: number, text: string) => tokens[at]?.kind === 'sign' && tokens[at]?.text === text

  /** Index after the value that begins at `at`: the comma or the bracket that ends it. */
  const endOf = (at: number): number => {
    let depth = 0
    for (let n = at; n < tokens.length; n++) {
      const { kind, text } = tokens[n]!
      if (kind !== 'sign') continue
      if (depth === 0 && (text === ',' || text === '}' || text === ']' || text === ')')) return n
      if (text === '{' || text === '[' || text === '(') depth += 1
      if (text === '}' || text === ']' || text === ')') depth -= 1
    }
    return tokens.length
  }

  /** Index of the bracket that closes the one at `at`. */
  const closeOf = (at: number): number => {
    let n = endOf(at + 1)
    while (sign(n, ',')) n = endOf(n + 1)
    return n
  }

  /** Where the literal begins in which a value's properties stand: the value itself, or the object that a call is given. */
  const literalOf = (start: number, end: number): number | undefined => {
    if (sign(start, '{') || sign(start, '[')) return start
    if (tokens[start]?.kind !== 'word') return undefined
    for (let n = start; n + 1 < end; ) {
      if (!sign(n, '(')) n += 1
      else if (sign(n + 1, '{')) return n + 1
      else n = closeOf(n) + 1
    }
    return undefined
  }

  const find = (literal: number, [name, ...rest]: readonly (string | number)[]): number | undefined => {
    if (name === undefined) return undefined
    const isList = sign(literal, '[')
    let found: { line: number; start: number; end: number } | undefined
    let index = 0
    for (let at = literal + 1; at < tokens.length && !sign(at, isList ? ']' : '}'); ) {
      if (sign(at, ',')) {
        at += 1
        continue
      }
      const { text, kind, line } = tokens[at]!
      // What is spread in may stand before or after everything else.
      if (sign(at, '...')) {
        if (isList || found) return undefined
        at = endOf(at + 1)
        continue
      }
      const isNamed = !isList && kind !== 'sign' && sign(at + 1, ':')
      const start = isNamed ? at + 2 : at
      const end = endOf(start)
      if (isList ? index === name : kind !== 'sign' && text === String(name)) found = { line, start, end }
      index += 1
      at = end
    }
    if (!found || rest.length === 0) return found?.line
    const inner = literalOf(found.start, found.end)
    return inner === undefined ? undefined : find(inner, rest)
  }

  const declared = tokens.findIndex(
    ({ text, kind }, n) => kind === 'word' && text === 'export' && tokens[n + 1]?.text === 'default',
  )
  if (declared < 0) return undefined
  let start = declared + 2
  const name = tokens[start]
  if (name?.kind === 'word' && !sign(start + 1, '(')) {
    const at = tokens.findIndex(
      ({ text }, n) => text === 'const' && tokens[n + 1]?.text === name.text && sign(n + 2, '='),
    )
    if (at < 0) return undefined
    start = at + 3
  }
  const literal = literalOf(start, endOf(start))
  if (literal === undefined) return undefined
  return path.length === 0 ? tokens[literal]?.line : find(literal, path)
}
