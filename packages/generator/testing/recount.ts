import type { Column } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import type { Reason, TableTally } from '../tally.ts'
import { parseTiny } from './tiny-csv.ts'

const isNumber = (cell: string) => /^-?\d+(\.\d+)?$/.test(cell)
const isTime = (cell: string) =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(cell) && !Number.isNaN(Date.parse(`${cell.replace(' ', 'T')}Z`))

function faultOf(column: Column, cell: string): Reason | undefined {
  if (cell === '') return column.required ? 'required' : undefined
  const { kind } = column.type
  if (kind === 'timestamp') return isTime(cell) ? undefined : 'not_a_timestamp'
  if (kind !== 'text' && !isNumber(cell)) return 'not_a_number'
  if (column.min !== undefined && Number(cell) < column.min) return 'below_min'
  if (column.max !== undefined && Number(cell) > column.max) return 'above_max'
  if (column.accepted && !column.accepted.includes(cell)) return 'not_accepted'
  return undefined
}

function clean(column: Column, raw: string): string {
  const trimmed = raw.trim()
  const cased = column.lower ? trimmed.toLowerCase() : trimmed
  if (cased === '') return ''
  if (column.padTo) return cased.padStart(column.padTo, '0')
  return column.type.kind === 'double' && isNumber(cased) ? String(Number(cased)) : cased
}

/** Counts a file as its contract says, knowing nothing of what was planted. `kept` are the cleaned rows that stay. */
export function recount(
  table: Table,
  text: string,
): Omit<TableTally, 'planted' | 'kept'> & { kept: Record<string, string>[] } {
  const columns = Object.entries(table.columns).filter(([, column]) => !column.derived)
  const { records, endsInNewline } = parseTiny(text)
  const byReason: Partial<Record<Reason, number>> = {}
  const good: Record<string, string>[] = []
  let blank = 0
  records.forEach((cells, index) => {
    let reason: Reason | undefined
    if (cells.every((cell) => cell.trim() === '')) {
      blank++
      return
    }
    const row: Record<string, string> = {}
    if (cells.length < columns.length && index === records.length - 1 && !endsInNewline) reason = 'truncated'
    else if (cells.slice(columns.length).some((cell) => cell !== '') || cells.length < columns.length)
      reason = 'cell_count'
    else
      columns.forEach(([name, column], place) => {
        row[name] = clean(column, cells[place]!)
        reason ??= faultOf(column, row[name])
      })
    if (reason) byReason[reason] = (byReason[reason] ?? 0) + 1
    else good.push(row)
  })
  const keep = new Map<string, Record<string, string>>()
  for (const row of good) {
    const key = (table.dedupe === 'exact' ? Object.keys(row) : table.key).map((name) => row[name]).join('|')
    const held = keep.get(key)
    const { dedupe } = table
    if (
      typeof dedupe === 'object'
        ? !held || held[dedupe.greatest]! <= row[dedupe.greatest]!
        : !held || dedupe === 'latest'
    )
      keep.set(key, row)
  }
  const quarantined = Object.values(byReason).reduce((sum, count) => sum + count, 0)
  return {
    rows: records.length,
    kept: [...keep.values()],
    duplicate: good.length - keep.size,
    quarantined,
    blank,
    byReason,
  }
}
