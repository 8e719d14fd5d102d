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

/** DuckDB's error as Athena's would be told: one line, without the names of private databases. */
export function queryFailed(error: unknown): QueryFailed {
  if (error instanceof QueryFailed) return error
  const message = error instanceof Error ? error.message : String(error)
  const line = (message.split('\n')[0] ?? '').replace(/"?\bq\d+"?\.(?:main\.)?/g, '').replace(/\btrino\.main\./g, '')
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
  return new QueryFailed(kind, `${line}${candidatesOf(message)}`, { cause: error })
}

/** Names of columns that DuckDB offers for one that is not there; they are the contract's and the statement's own. */
function candidatesOf(message: string): string {
  const [, missing = '', list] =
    /Referenced column "([^"]*)" not found[\s\S]*?\nCandidate bindings: (.*)/.exec(message) ?? []
  if (list === undefined) return ''
  const names = [...list.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name)
  return didYouMean(missing, names, names.length > 0 ? `; candidates are ${names.join(', ')}` : '')
}
