import type { QuarantinedRow, QuarantineGroup } from '@droplake/local/quarantine'
import type { Session } from './session.ts'
import type { Style } from './style.ts'
import { count } from './text.ts'
import { textTable } from './text-table.ts'

const fileName = (key: string) => key.split('/').at(-1) ?? key

/** A table for each run. */
export function showGroups(
  groups: readonly QuarantineGroup[],
  { hint, quiet }: Pick<Session, 'hint' | 'quiet'>,
  style: Style,
): string {
  if (groups.length === 0) return 'no rejected rows'
  const parts: string[] = []
  for (const runId of new Set(groups.map((group) => group.runId))) {
    const own = groups.filter((group) => group.runId === runId)
    const table = textTable(
      [
        { title: 'table' },
        { title: 'reason' },
        { title: 'column' },
        { title: 'rows', align: 'right' },
        { title: 'example' },
      ],
      own.map(({ table: name, reason, column, count: rows, example }) => [
        name,
        reason,
        column ?? '',
        count(rows),
        `${fileName(example.source)} row ${example.row}: ${example.text}`,
      ]),
      { indent: '  ', title: style.dim, widest: 100 },
    )
    parts.push(`${style.bold(own[0]!.dataset)}  ${style.dim(runId)}\n${table}`)
  }
  if (!quiet)
    parts.push(`  ${style.dim('next')}  ${hint(`quarantine show ${groups[0]!.runId} --table ${groups[0]!.table}`)}`)
  return parts.join('\n\n')
}

export function showRejected(
  rows: readonly QuarantinedRow[],
  { total, style }: { total: number; style: Style },
): string {
  if (rows.length === 0) return 'no rejected rows'
  const table = textTable(
    [
      { title: 'source' },
      { title: 'row', align: 'right' },
      { title: 'reason' },
      { title: 'column' },
      { title: 'text' },
    ],
    rows.map(({ source, row, reason, column, text }) => [fileName(source), String(row), reason, column ?? '', text]),
    { title: style.dim, widest: 120 },
  )
  return total > rows.length
    ? `${table}\n${style.dim(`${rows.length} of ${count(total)} rows; --limit shows more`)}`
    : table
}
