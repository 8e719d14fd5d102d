import { Dialect, outputColumns, parse, tokenize } from '@droplake/lake/polyglot'
import { type Reference, type Zone, zones } from './model.ts'

export interface ParsedSelect {
  references: Reference[]
  /** Output columns in order. */
  columns: string[]
  /** The text without comments and layout, token by token as it was written. */
  tokens: string[]
}

interface Found {
  name: { name: string; span: Span }
  schema: { name: string; span: Span } | null
  catalog: { name: string } | null
  alias: object | null
}
interface Span {
  start: number
  end: number
  line: number
}

/**
 * Reads one select by the parser of Athena's dialect. `file` and `firstLine` only serve the errors:
 * `models: <file> line <n>: …`.
 */
export function parseSelect(sql: string, { file, firstLine = 1 }: { file: string; firstLine?: number }): ParsedSelect {
  const fail = (line: number | undefined, what: string): never => {
    throw new Error(`models: ${file} line ${firstLine - 1 + (line ?? 1)}: ${what}`)
  }
  const parsed = parse(sql, Dialect.Athena)
  if (!parsed.success)
    return fail(parsed.errorLine, (parsed.error ?? 'not SQL').replace(/ at line \d+, column \d+/, ''))
  const tokens = tokenize(sql, Dialect.Athena).tokens ?? []
  const points = [...sql]
  const written = tokens.map(({ span }) => points.slice(span.start, span.end).join(''))
  const end = tokens[written.indexOf(';')]
  if (end) fail(end.span.line, 'one select without a semicolon is expected, got ;')
  const kind = Object.keys(parsed.ast[0] ?? {})[0] ?? 'nothing'
  if (parsed.ast.length !== 1 || !['select', 'union', 'intersect', 'except'].includes(kind))
    fail(1, `one select is expected, got ${kind}`)

  const { tables, ctes } = collect(parsed.ast[0])
  const references = tables.flatMap((table): Reference[] => {
    const { name, schema, catalog, alias } = table
    if (!schema) {
      if (ctes.has(name.name)) return []
      return fail(name.span.line, `no CTE ${name.name}; tables are named ${zones.join('.…, ')}.…`)
    }
    if (catalog || !zones.some((zone) => zone === schema.name))
      fail(schema.span.line, `tables are named ${zones.join('.…, ')}.…, got ${schema.name}.${name.name}`)
    const zone = schema.name as Zone
    return [{ zone, name: name.name, start: schema.span.start, end: name.span.end, aliased: alias !== null }]
  })
  references.sort((a, b) => a.start - b.start)

  // The tree's visitor must not miss a place: whatever looks like a table of a zone has to be one.
  const starts = new Set(references.map((reference) => reference.start))
  tokens.forEach((token, index) => {
    const named = zones.some((zone) => zone === token.text) && tokens[index + 1]?.text === '.'
    if (named && tokens[index - 1]?.text !== '.' && !starts.has(token.span.start))
      fail(
        token.span.line,
        `${token.text}.${tokens[index + 2]?.text} stands where no table is read; import it in a CTE`,
      )
  })

  return { references, columns: namedColumns(sql, fail), tokens: written }
}

function namedColumns(sql: string, fail: (line: number, what: string) => never): string[] {
  const result = outputColumns(sql, 'athena')
  if (!result.output) return fail(1, `output columns cannot be told: ${result.error}`)
  return result.output.columns.map((column, index) =>
    column.kind === 'named'
      ? column.name
      : fail(1, `output column ${index + 1} has no name; list the columns in the last CTE`),
  )
}

/** Every table node and every CTE name of a syntax tree, wherever they stand. */
function collect(tree: unknown): { tables: Found[]; ctes: Set<string> } {
  const tables: Found[] = []
  const ctes = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [key, child] of Object.entries(node)) {
      if (key === 'ctes' && Array.isArray(child)) for (const cte of child) ctes.add(cte.alias.name)
      // A column's qualifier sits under the same key, but its name is plain text.
      if (key === 'table' && typeof child?.name === 'object') tables.push(child)
      visit(child)
    }
  }
  visit(tree)
  return { tables, ctes }
}
