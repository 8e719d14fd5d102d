import { didYouMean } from '@droplake/contracts/did-you-mean'
import { QueryFailed } from './query-engine.ts'

const users = [
  'Parser',
  'Binder',
  'Catalog',
  'Conversion',
  'Out of Range',
  'Invalid Input',
  'Invalid Type',
  'Mismatch Type',
  'Not implemented',
  'Syntax',
  'Constraint',
]

/** DuckDB's error as Athena's would be told: one line, without the names of private databases. `columns`: of the statement's tables. */
export function queryFailed(error: unknown, columns: readonly string[] = []): QueryFailed {
  if (error instanceof QueryFailed) return error
  const message = error instanceof Error ? error.message : String(error)
  const line = (message.split('\n')[0] ?? '')
    .replace(/"?\bq\d+"?\.(?:main\.)?/g, '')
    .replace(/\btrino\.main\./g, '')
    .replace(/^(Binder Error: )Values list "/, '$1Table "')
    .replace(/!$/, '')
  if (/Could not (?:convert|cast) .*'?(?:-?Infinity|NaN)'?/i.test(line))
    return new QueryFailed('user', 'DIVISION_BY_ZERO: Division by zero', { cause: error })
  const uncast = /['"]not an? (whole number|boolean|date|timestamp|number): (.*)['"]/.exec(line)
  if (uncast) {
    const type = uncast[1] === 'whole number' ? 'an integer' : `a ${uncast[1]}`
    return new QueryFailed('user', `INVALID_CAST_ARGUMENT: Cannot cast '${uncast[2]}' to ${type}`, { cause: error })
  }
  // A data file that is no Parquet is called invalid input as well.
  const isDamage = /Invalid Input Error: .*'[^']*\.parquet'/.test(line)
  const kind = !isDamage && users.some((each) => line.startsWith(`${each} Error`)) ? 'user' : 'engine'
  return new QueryFailed(kind, `${line}${candidatesOf(message, columns)}`, { cause: error })
}

/**
 * The name that was meant for a column that is not there: one that DuckDB offers, or one of the statement's tables. Both are
 * the contracts' and the statement's own, and no data.
 */
function candidatesOf(message: string, columns: readonly string[]): string {
  const missing = /Referenced column "([^"]*)" not found|does not have a column named "([^"]*)"/.exec(message)
  if (!missing) return ''
  const list = /\nCandidate bindings: (.*)/.exec(message)?.[1] ?? ''
  const offered = [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name.split('.').at(-1) ?? '')
  const names = [...new Set([...offered, ...columns])]
  return didYouMean(
    missing[1] ?? missing[2] ?? '',
    names,
    offered.length > 0 ? `; candidates are ${offered.join(', ')}` : '',
  )
}
