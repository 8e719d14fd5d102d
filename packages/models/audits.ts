import { judge, type Rule, type RuleResult, toCount } from './checks.ts'
import type { Audit, Model, ResolveName } from './model.ts'
import { quoteName } from './quote.ts'

export type AuditRule = Rule & { audit: Audit }

/**
 * One query over a built version of a model: one row, a count of failing rows for each rule in order, and last the
 * number of rows. `table` is its qualified name; `names` finds the tables that relationships look up.
 */
export function renderAudits(options: { model: Model; table: string; names: ResolveName }): {
  sql: string
  rules: AuditRule[]
} {
  const { model, table, names } = options
  const rules = model.audits.map((audit) => ({ rule: audit.name, table: model.name, severity: audit.severity, audit }))
  const counts = rules.map(({ audit }, index) => `  ${countOf(audit, table, names)} as c${index}`)
  return { sql: `select\n${[...counts, '  count(*) as row_count'].join(',\n')}\nfrom ${table}`, rules }
}

/**
 * Results of `renderAudits` from its one row. `previousRows` of the version published last, absent for the first one;
 * the failing rows of `no_fall` are those that went.
 */
export function judgeAudits(options: { rules: readonly AuditRule[]; row: readonly unknown[]; previousRows?: number }): {
  results: RuleResult[]
  rows: number
} {
  const { rules, row, previousRows = 0 } = options
  const rows = toCount(row.at(-1), 'rows')
  const counts = rules.map(({ audit }, index) => {
    if (audit.kind !== 'no_fall') return row[index]
    return rows < previousRows * (1 - audit.percent / 100) ? previousRows - rows : 0
  })
  const plain = rules.map(({ rule, table, severity }) => ({ rule, table, severity }))
  if (row.length !== rules.length + 1)
    throw new Error(`models: ${rules.length} audits answer ${rules.length + 1} values, got ${row.length}`)
  return { results: judge(plain, counts), rows }
}

/** An aggregate over the table, or a scalar subquery; DuckDB's sums are 128 bits wide, so they are cast. */
function countOf(audit: Audit, table: string, names: ResolveName): string {
  switch (audit.kind) {
    case 'unique': {
      const key = audit.columns.map(quoteName).join(', ')
      const groups = `select count(*) as n from ${table} group by ${key} having count(*) > 1`
      return `(select cast(coalesce(sum(n - 1), 0) as bigint) from (${groups}))`
    }
    case 'not_null':
      return `count(case when ${quoteName(audit.column)} is null then 1 end)`
    case 'relationships': {
      const [from, to] = [quoteName(audit.column), quoteName(audit.to.column)]
      const targets = `select distinct ${to} as target from ${names(audit.to.zone, audit.to.name)}`
      const join = `${table} as f left join (${targets}) as t on t.target = f.${from}`
      return `(select count(*) from ${join} where f.${from} is not null and t.target is null)`
    }
    case 'no_fall':
      return '0'
  }
}
