import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { judge, type Rule, type RuleResult } from './checks.ts'
import { quoteName, quoteText } from './quote.ts'

/**
 * One aggregate query over a cleaned table: one row, a count of failing rows for each rule in order. It reads the table
 * once and answers counts only, never the content of a column. A rule that is null for a row passes.
 */
export function renderQuality(table: Table, qualified: string): { sql: string; rules: Rule[] } {
  const key = uniqueOver(table)
  const checks = [
    ...Object.entries(table.columns).flatMap(([name, column]) => columnChecks(table, name, column)),
    ...(table.rules ?? []).map(({ name, severity, expect }) => ({ name, severity, fails: `not (\n${expect}\n)` })),
  ]
  const rules: Rule[] = checks.map(({ name, severity }) => ({ rule: name, table: table.name, severity }))
  const counts = checks.map(({ fails }, index) => `count(case when ${fails} then 1 end) as c${index}`)
  if (key.length === 0) {
    if (counts.length === 0) counts.push('count(*) as row_count')
    return { sql: `select\n  ${counts.join(',\n  ')}\nfrom ${qualified}`, rules }
  }
  const sums = ['n - 1', ...checks.map((_, index) => `c${index}`)]
  const outer = sums.map((sum, index) => `cast(coalesce(sum(${sum}), 0) as bigint) as r${index}`)
  const inner = ['count(*) as n', ...counts].join(',\n    ')
  const groups = `  select\n    ${inner}\n  from ${qualified}\n  group by ${key.map(quoteName).join(', ')}`
  const unique: Rule = { rule: `unique(${key.join(', ')})`, table: table.name, severity: 'error' }
  return { sql: `select\n  ${outer.join(',\n  ')}\nfrom (\n${groups}\n)`, rules: [unique, ...rules] }
}

/** Results of `renderQuality` from the values of its one row. */
export function judgeQuality(rules: readonly Rule[], row: readonly unknown[]): RuleResult[] {
  return judge(rules, row.slice(0, rules.length))
}

function uniqueOver(table: Table): readonly string[] {
  if (table.dedupe === 'none') return []
  return table.dedupe === 'exact' ? Object.keys(table.columns) : table.key
}

function columnChecks(
  table: Table,
  name: string,
  column: Column,
): { name: string; severity: 'error'; fails: string }[] {
  const quoted = quoteName(name)
  const checks: [string, string][] = []
  if (column.required) checks.push(['not_null', `${quoted} is null`])
  if (column.accepted) checks.push(['accepted', `${quoted} not in (${column.accepted.map(quoteText).join(', ')})`])
  if (column.min !== undefined) checks.push(['min', `${quoted} < ${bound(table, name, column, column.min)}`])
  if (column.max !== undefined) checks.push(['max', `${quoted} > ${bound(table, name, column, column.max)}`])
  return checks.map(([kind, fails]) => ({ name: `${kind}(${name})`, severity: 'error', fails }))
}

function bound(table: Table, name: string, column: Column, value: number): string {
  if (!['int', 'bigint', 'double', 'decimal'].includes(column.type.kind) || !Number.isFinite(value))
    throw new Error(`models: ${table.name}.${name}: min and max bound numbers, got ${value} for ${column.type.kind}`)
  return String(value)
}
