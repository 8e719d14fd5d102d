import { readFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ContractError, type Problem } from './check.ts'
import { didYouMean } from './did-you-mean.ts'
import { lineOf } from './source-line.ts'

const checkout = join(import.meta.dirname, '../..')

/** As a person would name the file: from the checkout's root where it lies in there. */
function nameOf(path: string): string {
  const inside = relative(checkout, path)
  return inside.startsWith('..') || inside === '' ? path : inside.split(sep).join('/')
}

/** `packages/contracts/datasets/olist/returns.ts:8: unknown option "fils"; did you mean "files"?` */
export function placed(path: string, { path: property, text }: Problem): string {
  let line: number | undefined
  try {
    line = property.length > 0 ? lineOf(readFileSync(path, 'utf8'), property) : undefined
  } catch {
    // A file that cannot be read has no lines.
  }
  return message(path, line, text)
}

const message = (path: string, line: number | undefined, text: string) =>
  `${nameOf(path)}${line === undefined ? '' : `:${line}`}: ${text}`

/** What a contract file exports by default, or why it cannot be loaded, each with its place. */
export async function loadFile(path: string): Promise<{ value: unknown } | { messages: string[] }> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
    if (module.default !== undefined) return { value: module.default }
    return { messages: [message(path, undefined, 'it has no default export; write export default defineTable({ … })')] }
  } catch (error) {
    if (error instanceof ContractError || (error as Error | null)?.name === 'ContractError')
      return { messages: (error as ContractError).problems.map((problem) => placed(path, problem)) }
    return { messages: [await describe(path, error)] }
  }
}

/** The error of a file that ended while it was loaded, in one plain sentence. */
async function describe(path: string, thrown: unknown): Promise<string> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const place = placeOf(path, error)
  const [first = ''] = error.message.split('\n')
  const absent = /^Cannot find (?:module|package) '(.*)' imported from/.exec(first)?.[1]
  if (absent !== undefined)
    return message(
      path,
      importLine(path, absent),
      `it imports ${nameOf(absent)}, which does not exist; correct the path`,
    )
  const unexported = /module '(.*)' does not provide an export named '(.*)'/.exec(first)
  if (unexported) {
    const [, from = '', name = ''] = unexported
    return message(place.path, place.line, `${basename(from)} exports no ${name}${await exported(name)}`)
  }
  if (error.name === 'SyntaxError') {
    const what = (first.split('. ')[0] ?? '').replaceAll('`', '').replace(/\.$/, '')
    const isUnread = (error as NodeJS.ErrnoException).code === 'ERR_INVALID_TYPESCRIPT_SYNTAX'
    const advice = isUnread ? '; look for a missing comma, colon, quote or bracket here or on the line above' : ''
    const sentence = `not valid TypeScript: ${what.charAt(0).toLowerCase()}${what.slice(1)}${advice}`
    return message(place.path, place.line, sentence)
  }
  const unknown = /^(\w+) is not defined$/.exec(first)?.[1]
  if (unknown) return message(place.path, place.line, `${unknown} is not defined${await exported(unknown)}`)
  const call = /([\w$]+(?:\(\.\.\.\))?)\.(\w+) is not a function$/.exec(first)
  if (call) {
    const [, owner = '', method = ''] = call
    const advice = didYouMean(method, ['required', 'optional'])
    return message(place.path, place.line, `${owner}.${method} is not a function${advice}`)
  }
  return message(place.path, place.line, first.replace(/^contracts: /, ''))
}

/** What the language's own modules offer in place of a name. */
async function exported(name: string): Promise<string> {
  const modules = await Promise.all([import('./column.ts'), import('./table.ts'), import('./dataset.ts')])
  return didYouMean(name, modules.flatMap(Object.keys), '; import it or correct its name')
}

/** Where an error arose: in the file itself, or else in one that it imports. */
function placeOf(path: string, error: Error): { path: string; line?: number } {
  const stack = error.stack ?? ''
  // The parser's own errors begin with the place.
  const [, parsed, line] = /^(\S.*\.[cm]?[jt]s):(\d+)\r?\n/.exec(stack) ?? []
  if (parsed !== undefined) {
    const at = parsed.startsWith('file:') ? fileURLToPath(parsed) : parsed
    return { path: at, line: Number(line) }
  }
  for (const at of [path, pathToFileURL(path).href]) {
    const from = stack.indexOf(`${at}:`)
    const found = from < 0 ? undefined : /^:(\d+)/.exec(stack.slice(from + at.length))?.[1]
    if (found !== undefined) return { path, line: Number(found) }
  }
  return { path }
}

/** The line of the import that leads to a file. */
function importLine(path: string, target: string): number | undefined {
  const lines = readFileSync(path, 'utf8').split('\n')
  const at = lines.findIndex((line) => {
    const specifier = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/.exec(line)?.[1]
    if (specifier === undefined) return false
    return specifier === target || join(dirname(path), specifier) === target
  })
  return at < 0 ? undefined : at + 1
}
