import { basename } from 'node:path'
import type { DroppedObject, DropResult } from '@droplake/local/drop'
import type { Report } from '@droplake/pipeline/report'
import { type ExitCode, exit } from './exit-codes.ts'
import type { Session } from './session.ts'
import { showReport } from './show-report.ts'
import type { Style } from './style.ts'
import { many, readable } from './text.ts'

/**
 * 1 when something that was asked for did not happen: a run failed or was held, a source was set aside or still waits,
 * no contract takes a file, or one could not be stored.
 */
export function exitCodeOf({ objects, runs, leftOut = [] }: DropResult): ExitCode {
  const last = new Map<string, string>()
  for (const { sources } of runs) for (const { key, outcome } of sources) last.set(key, outcome)
  const bad =
    runs.some(({ status }) => status === 'failed' || status === 'held') ||
    [...last.values()].some((outcome) => outcome === 'set_aside' || outcome === 'deferred') ||
    objects.some(({ outcome }) => outcome === 'unroutable' || outcome === 'deferred') ||
    leftOut.length > 0
  return bad ? exit.failed : exit.done
}

/** What became of dropped files, and the reports of the runs. */
export function showDrop(result: DropResult, session: Session, style: Style): string {
  const { objects, runs } = result
  const parts = runs.map((report) => showReport(report, session, style))
  const reported = new Set(runs.flatMap((run: Report) => run.sources.map(({ key }) => key)))
  const lines = showLeftOut(result, style)
  const known = objects.filter(({ key, outcome }) => outcome === 'duplicate' && !reported.has(key))
  if (known.length > 0) lines.push(`${many(known.length, 'file')} the lake has already, nothing to do: ${names(known)}`)
  const waiting = objects.filter(({ outcome }) => outcome === 'deferred')
  if (waiting.length > 0)
    lines.push(
      `${style.red('waiting')} ${names(waiting)}: under raw/, until the broken contract can be loaded`,
      `  correct the contract, then ${session.hint('run')}`,
    )
  const unknown = objects.filter(({ outcome }) => outcome === 'unroutable')
  for (const object of unknown.slice(0, mostShown)) lines.push(...unroutable(object, session, style))
  if (unknown.length > mostShown)
    lines.push(`… and ${many(unknown.length - mostShown, 'more file')} that no table takes`)
  if (lines.length > 0) parts.unshift(lines.join('\n'))
  return parts.length > 0 ? parts.join('\n\n') : 'nothing was pending'
}

const mostShown = 12

/** Why no table takes a file, and the commands that would have it taken, the nearest table first. */
function unroutable(object: DroppedObject, { hint }: Session, style: Style): string[] {
  const { key, path = key, member, message, candidates = [], isForeign } = object
  const name = readable(member ?? basename(path))
  const place = member === undefined ? quoted(path) : 'PATH'
  const commands = candidates.map(({ dataset, table }) => hint(`drop ${place} --dataset ${dataset} --table ${table}`))
  const lines = [`${style.red('no table takes')} ${name}${message ? `: ${readable(message)}` : ''}`]
  if (commands.length > 0 && member !== undefined) lines.push('  unpack it, and drop it by itself:')
  if (commands.length === 0 && !isForeign)
    lines.push(`  name its table: ${hint(`drop ${place} --dataset NAME --table NAME`)}`)
  return [...lines, ...commands.map((line) => `  ${line}`)]
}

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${readable(path).replaceAll("'", "'\\''")}'`)

const names = (objects: DropResult['objects']) => {
  const shown = objects.slice(0, 12).map(({ key }) => readable(key.split('/').at(-1) ?? key))
  return shown.join(', ') + (objects.length > shown.length ? ` and ${objects.length - shown.length} more` : '')
}

const leftOutShown = 20

/** A line for each path that was left out, up to a number of them. */
export function showLeftOut({ leftOut = [] }: DropResult, style: Style): string[] {
  const lines = leftOut
    .slice(0, leftOutShown)
    .map(({ path, reason }) => `${style.yellow('left out')} ${readable(path)}: ${reason}`)
  const more = leftOut.length - lines.length
  return more > 0 ? [...lines, `… and ${many(more, 'more path')} (--json lists them all)`] : lines
}
