import type { QueryResult, Value } from '@droplake/lake/query-engine'
import type { Style } from './style.ts'
import { many } from './text.ts'
import { textTable } from './text-table.ts'

const cell = (value: Value) => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value))

/** Aligned columns and the number of rows; numbers stand to the right. */
export function showRows({ columns, rows }: QueryResult, style: Style): string {
  const aligned = columns.map(({ name }, n) => ({
    title: name,
    align:
      rows.every((row) => row[n] === null || isNumber(row[n]!)) && rows.length > 0
        ? ('right' as const)
        : ('left' as const),
  }))
  const table = textTable(
    aligned,
    rows.map((row) => row.map((value) => (value === null ? 'null' : cell(value)))),
    {
      title: style.bold,
    },
  )
  return `${table}\n${style.dim(`(${many(rows.length, 'row')})`)}`
}

/** Decimals come as digits. */
const isNumber = (value: Value) =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d{1,20}(\.\d+)?$/.test(value))

/** RFC 4180 with a header; null is an empty cell. */
export function toCsv({ columns, rows }: QueryResult): string {
  const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return [columns.map(({ name }) => quote(name)), ...rows.map((row) => row.map((value) => quote(cell(value))))]
    .map((row) => row.join(','))
    .join('\n')
}

/** An array of objects, one a line. */
export function toJson({ columns, rows }: QueryResult): string {
  if (rows.length === 0) return '[]'
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map(({ name }, n) => [name, row[n] ?? null]))),
  )
  return `[\n${lines.join(',\n')}\n]`
}
