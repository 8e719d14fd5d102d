import { clip, readable } from './text.ts'

export interface TextColumn {
  title: string
  align?: 'left' | 'right'
}

/** Aligned columns, two spaces apart; the first line holds the titles. Cells are made safe to print. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  options: { indent?: string; widest?: number; title?: (text: string) => string } = {},
): string {
  const { indent = '', widest = 80, title = (text) => text } = options
  const cells = rows.map((row) => row.map((cell) => clip(readable(cell), widest)))
  const widths = columns.map((column, n) =>
    cells.reduce((width, row) => Math.max(width, row[n]?.length ?? 0), readable(column.title).length),
  )
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, n) =>
        align === 'right' ? (row[n] ?? '').padStart(widths[n]!) : (row[n] ?? '').padEnd(widths[n]!),
      )
      .join('  ')
      .trimEnd()
  const head = indent + title(line(columns.map((column) => readable(column.title))))
  return [head, ...cells.map((row) => indent + line(row))].join('\n')
}
