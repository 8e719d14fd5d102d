import type { Audit, ColumnDoc, Severity } from './model.ts'

/** The facts of a SQL file's first comment. `keys` are those that were written, for checks of the caller. */
export interface Header {
  description: string
  grain?: string
  materialization?: string
  partition?: string
  audits: Audit[]
  columns: ColumnDoc[]
}

const keys = ['materialization', 'partition', 'audits', 'columns']
const materializations = ['table', 'incremental']

/**
 * Splits a SQL file into its header and its select. `selectLine` is the file's line, from 1, on which the select starts.
 * Throws `models: <file> line <n>: …`.
 */
export function splitHeader(text: string, file: string): { header: Header; select: string; selectLine: number } {
  const match = /^\/\*\r?\n([\s\S]*?)\*\/[^\S\n]*\n/.exec(text)
  if (!match)
    throw new Error(`models: ${file} line 1: no header; start the file with a /* … */ comment of its own lines`)
  const body = text.slice(match[0].length)
  const blank = /^\s*/.exec(body)?.[0] ?? ''
  const selectLine = match[0].split('\n').length + blank.split('\n').length - 1
  return { header: parseHeader(match[1] ?? '', file), select: body.trim(), selectLine }
}

function parseHeader(comment: string, file: string): Header {
  const header: Header = { description: '', audits: [], columns: [] }
  const description: string[] = []
  let key: string | undefined
  comment.split(/\r?\n/).forEach((line, index) => {
    const fail = (what: string): never => {
      throw new Error(`models: ${file} line ${index + 2}: ${what}`)
    }
    const start = /^([a-z_]+):\s*(.*)$/.exec(line)
    if (start) {
      key = start[1] ?? ''
      const value = start[2]?.trim() ?? ''
      if (!keys.includes(key)) fail(`unknown header key, got ${key}; keys are ${keys.join(', ')}`)
      if (key === 'materialization' || key === 'partition') {
        if (!value) fail(`${key}: has no value`)
        header[key] = value
        if (key === 'materialization' && !materializations.includes(value))
          fail(`materialization is ${materializations.join(', ')}, got ${value}`)
      } else if (value) fail(`${key}: takes one line each below it, got ${value}`)
    } else if (line.trim() === '') return
    else if (key === undefined) description.push(line.trim())
    else if (key === 'audits') header.audits.push(...parseAudit(line.trim(), fail))
    else if (key === 'columns') header.columns.push(parseColumn(line.trim(), fail))
    else fail(`text after ${key}:, got ${line.trim()}; the description comes first`)
  })
  const grain = /^Grain: (.+?)\.?$/.exec(description.at(-1) ?? '')?.[1]
  header.description = description.join(' ')
  return grain === undefined ? header : { ...header, grain }
}

function parseColumn(line: string, fail: (what: string) => never): ColumnDoc {
  const match = /^([a-z_][a-z0-9_]*): (.+)$/.exec(line)
  return match
    ? { name: match[1] ?? '', description: match[2] ?? '' }
    : fail(`a column is "name: what it is", got ${line}`)
}

function parseAudit(line: string, fail: (what: string) => never): Audit[] {
  const [, text = '', stated] = /^(.*?)(?:\s+(warn|error))?$/.exec(line) ?? []
  const severity = (usual: Severity) => (stated as Severity | undefined) ?? usual
  const call = /^(unique|not_null)\((\s*[a-z_][a-z0-9_]*(?:\s*,\s*[a-z_][a-z0-9_]*)*)\s*\)$/.exec(text)
  if (call) {
    const columns = (call[2] ?? '').split(',').map((name) => name.trim())
    if (call[1] === 'unique')
      return [{ name: `unique(${columns.join(', ')})`, severity: severity('error'), kind: 'unique', columns }]
    return columns.map((column) => ({
      name: `not_null(${column})`,
      severity: severity('error'),
      kind: 'not_null' as const,
      column,
    }))
  }
  const link = /^relationships ([a-z_][a-z0-9_]*) -> curated\.([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)$/.exec(text)
  if (link) {
    const [, column = '', name = '', to = ''] = link
    const audit = { kind: 'relationships' as const, column, to: { zone: 'curated' as const, name, column: to } }
    return [{ name: `relationships(${column} -> ${name}.${to})`, severity: severity('warn'), ...audit }]
  }
  const fall = /^no_fall\((\d+(?:\.\d+)?)%\)$/.exec(text)
  if (fall) {
    const percent = Number(fall[1])
    return [{ name: `no_fall(${percent}%)`, severity: severity('error'), kind: 'no_fall', percent }]
  }
  return fail(
    `unknown audit, got ${line}; it is unique(a, b), not_null(a, b), relationships a -> curated.model.b or no_fall(50%), and warn or error after it`,
  )
}
