import type { Severity } from './model.ts'

/** A rule of a table, in the order of the query that counts its failing rows. */
export interface Rule {
  rule: string
  table: string
  severity: Severity
}

export interface RuleResult extends Rule {
  status: 'pass' | 'fail'
  failing: number
  /** The rule could not be asked, so nobody knows how many rows fail it. */
  error?: string
}

/** `rule cheap of orders fails for 3 rows`, or why nobody knows. */
export const describeFailure = ({ rule, table, failing, error }: RuleResult) =>
  error === undefined
    ? `rule ${rule} of ${table} fails for ${failing} rows`
    : `rule ${rule} of ${table} cannot be asked: ${error}`

/** Results of rules from counts in the same order; a count is a number, or digits. */
export function judge(rules: readonly Rule[], counts: readonly unknown[]): RuleResult[] {
  if (counts.length !== rules.length)
    throw new Error(`models: ${rules.length} rules need as many counts, got ${counts.length}`)
  return rules.map((rule, index) => {
    const failing = toCount(counts[index], rule.rule)
    return { ...rule, status: failing === 0 ? 'pass' : 'fail', failing }
  })
}

/** A count that a query engine answered: a number, or digits. */
export function toCount(value: unknown, what: string): number {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count
  throw new Error(`models: the count of ${what} must be a whole number, got ${value}`)
}
