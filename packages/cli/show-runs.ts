import { headline } from '@droplake/pipeline/report'
import type { RunSummary } from './read-runs.ts'
import type { Style } from './style.ts'
import { count, duration, moment } from './text.ts'
import { textTable } from './text-table.ts'

export function showRuns(runs: readonly RunSummary[], { more, style }: { more: boolean; style: Style }): string {
  if (runs.length === 0) return 'no runs yet'
  const right = 'right' as const
  const table = textTable(
    [
      { title: 'run' },
      { title: 'dataset' },
      { title: 'status' },
      { title: 'started (UTC)' },
      { title: 'took', align: right },
      { title: 'rows in', align: right },
      { title: 'kept', align: right },
    ],
    runs.map(({ runId, dataset, status, startedAt, durationMs, rowsIn, kept }) => [
      runId,
      dataset,
      status === 'empty' ? headline({ status }) : status,
      moment(startedAt),
      durationMs === null ? '' : duration(durationMs),
      count(rowsIn),
      count(kept),
    ]),
    { title: style.dim },
  )
  return more ? `${table}\n${style.dim(`the last ${runs.length}; --limit shows more`)}` : table
}
