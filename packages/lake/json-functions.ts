import { DuckDBScalarFunction, VARCHAR } from '@duckdb/node-api'

/** What Athena does with JSON and DuckDB does not, for texts that are valid JSON. */
export const jsonFunctions = (): DuckDBScalarFunction[] => [
  textFunction('_sorted_json', 1, ([json = '']) => sorted(parsed(json))),
  textFunction('_json_number', 2, ([json = '', path = '']) => numberAt(parsed(json), path)),
]

/** A number with its digits as they stand in the text. */
class Digits {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function parsed(json: string): unknown {
  const withSource = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { source: string }) => unknown,
  ) => unknown
  return withSource(json, (_key, value, { source }) => (typeof value === 'number' ? new Digits(source) : value))
}

/** Without blanks, keys in order, fractions as Java writes a double. */
function sorted(value: unknown): string {
  if (value instanceof Digits) return /[.eE]/.test(value.text) ? javaDouble(Number(value.text)) : value.text
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${sorted(part)}`).join(',')}}`
}

function javaDouble(value: number): string {
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

/** @param path as `$."key"[0]` */
function numberAt(value: unknown, path: string): string | null {
  let found = value
  for (const [, key, index] of path.matchAll(/\."([^"]*)"|\[(\d+)\]/g))
    found = (found as Record<string, unknown> | undefined)?.[key ?? index ?? '']
  return found instanceof Digits ? found.text : null
}

function textFunction(name: string, count: number, of: (args: string[]) => string | null): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name,
    returnType: VARCHAR,
    parameterTypes: Array.from({ length: count }, () => VARCHAR),
    mainFunction(_info, input, output) {
      const columns = Array.from({ length: count }, (_, i) => input.getColumnVector(i))
      for (let row = 0; row < input.rowCount; row += 1) {
        const args = columns.map((column) => column.getItem(row) as string | null)
        output.setItem(row, args.includes(null) ? null : of(args as string[]))
      }
      output.flush()
    },
  })
}
