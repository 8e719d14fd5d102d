import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { tableName } from '@droplake/contracts/assemble'
import type { Dataset } from '@droplake/contracts/dataset'
import { didYouMean } from '@droplake/contracts/did-you-mean'
import { placed } from '@droplake/contracts/load-file'
import { lineage } from '@droplake/contracts/table'
import { Dialect, parse } from '@droplake/lake/polyglot'

/**
 * What is wrong with the rules of a dataset's tables, each with its place in the contracts' folder: SQL that does not parse,
 * or that names columns which the table does not have. It takes the parser, which the loading of contracts does without.
 */
export function brokenRules({ tables }: Pick<Dataset, 'tables'>, folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  return Object.values(tables).flatMap(({ name, columns, partition, rules = [] }) => {
    const file = files.find((each) => tableName(each.slice(0, -'.ts'.length)) === name) ?? `${name}.ts`
    const known = [...Object.keys(columns), ...(partition ? [partition.name] : []), ...Object.keys(lineage)]
    return rules.flatMap((rule, n) => {
      const what = problemOf(rule.expect, name, known)
      const text = `rule ${rule.name}: ${what}`
      return what === undefined ? [] : [placed(join(folder, file), { path: ['rules', n, 'expect'], text })]
    })
  })
}

function problemOf(expect: string, table: string, columns: readonly string[]): string | undefined {
  const parsed = parse(`select 1 from ${table} where (\n${expect}\n)`, Dialect.Athena)
  if (!parsed.success)
    return `not SQL: ${(parsed.error ?? 'unreadable').replace(/ at line \d+, column \d+/, '')}; correct it`
  const unknown = columnsIn(Object.values(parsed.ast[0] ?? {})).find((name) => !columns.includes(name.toLowerCase()))
  return unknown === undefined
    ? undefined
    : `${table} has no column ${unknown}${didYouMean(unknown, columns, `; there are ${columns.join(', ')}`)}`
}

/** Names of the columns that a syntax tree reads; those of subqueries and lambdas are their own, and are left to the engine. */
function columnsIn(tree: unknown): string[] {
  if (Array.isArray(tree)) return tree.flatMap(columnsIn)
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([kind, node]) => {
    if (kind === 'select' || kind === 'lambda') return []
    const name = kind === 'column' ? (node as { name?: { name?: unknown } } | null)?.name?.name : undefined
    return typeof name === 'string' ? [name] : columnsIn(node)
  })
}
