import type { DropResult } from '@droplake/local/drop'
import type { Report } from '@droplake/pipeline/report'
import { type ExitCode, exit } from './exit-codes.ts'
import type { Session } from './session.ts'
import { showReport } from './show-report.ts'
import type { Style } from './style.ts'
import { many, readable } from './text.ts'

/**
 * 1 when something that was asked for did not happen: a run failed or was held, a source was set aside or still waits,
 * or no contract takes a file.
 */
export function exitCodeOf({ objects, runs }: DropResult): ExitCode {
  const last = new Map<string, string>()
  for (const { sources } of runs) for (const { key, outcome } of sources) last.set(key, outcome)
  const bad =
    runs.some(({ status }) => status === 'failed' || status === 'held') ||
    [...last.values()].some((outcome) => outcome === 'set_aside' || outcome === 'deferred') ||
    objects.some(({ outcome }) => outcome === 'unroutable')
  return bad ? exit.failed : exit.done
}

/** What became of dropped files, and the reports of the runs. */
export function showDrop({ objects, runs }: DropResult, session: Session, style: Style): string {
  const parts = runs.map((report) => showReport(report, session, style))
  const reported = new Set(runs.flatMap((run: Report) => run.sources.map(({ key }) => key)))
  const lines: string[] = []
  const known = objects.filter(({ key, outcome }) => outcome === 'duplicate' && !reported.has(key))
  if (known.length > 0) lines.push(`${many(known.length, 'file')} the lake has already, nothing to do: ${names(known)}`)
  const unknown = objects.filter(({ outcome }) => outcome === 'unroutable')
  if (unknown.length > 0)
    lines.push(
      `${style.red('no table takes')} ${names(unknown)}`,
      `  name its table: ${session.hint('drop PATH --dataset NAME --table NAME')}`,
    )
  if (lines.length > 0) parts.unshift(lines.join('\n'))
  return parts.length > 0 ? parts.join('\n\n') : 'nothing was pending'
}

const names = (objects: DropResult['objects']) => {
  const shown = objects.slice(0, 12).map(({ key }) => readable(key.split('/').at(-1) ?? key))
  return shown.join(', ') + (objects.length > shown.length ? ` and ${objects.length - shown.length} more` : '')
}
