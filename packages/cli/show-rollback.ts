import type { Pin, VersionName } from '@droplake/pipeline/lake-state'
import type { ModelVersion } from '@droplake/pipeline/model-versions'
import type { RolledBack } from '@droplake/pipeline/rollback'
import type { Session } from './session.ts'
import type { Style } from './style.ts'
import { count, many, moment } from './text.ts'
import { textTable } from './text-table.ts'

export interface Versions {
  dataset: string
  model: string
  /** Newest first. */
  versions: ModelVersion[]
  pin: Pin | undefined
}

const iso = (at: number) => new Date(at).toISOString()
const versionOf = ({ run, at, rows }: VersionName) => ({ runId: run, publishedAt: iso(at), rows })

export function rollbackJson(answer: RolledBack): unknown {
  if ('heldBy' in answer) return answer
  const { dataset, model, run, from, to, pinned, next } = answer
  return { dataset, model, runId: run, from: versionOf(from), to: versionOf(to), pinned, next }
}

export const versionsJson = ({ dataset, model, versions, pin }: Versions): unknown => ({
  dataset,
  model,
  rolledBack: pin ? { at: iso(pin.at), runId: pin.run } : null,
  versions: versions.map((version) => ({
    ...versionOf(version),
    shown: version.shown,
    withdrawn: version.withdrawn,
  })),
})

/** What moved, how to undo it, and what follows. */
export function showRollback(
  answer: RolledBack,
  { quiet, hint }: Pick<Session, 'quiet' | 'hint'>,
  style: Style,
): string {
  const { dataset, model } = answer
  const name = style.bold(`${dataset}.${model}`)
  if ('heldBy' in answer)
    return `${name}  left alone: run ${answer.heldBy} of ${dataset} is under way; roll back when it has ended`
  const { from, to, pinned, next } = answer
  const moved = from.seq !== to.seq
  const version = ({ run, at, rows }: VersionName) =>
    `${many(rows, 'row')} of run ${run} ${style.dim(`(published ${moment(iso(at))})`)}`
  const lines = [
    moved ? `${name}  ${version(from)}  →  ${version(to)}` : `${name}  let go: it follows its inputs again`,
  ]
  if (quiet) return lines.join('\n')
  const readers = next.filter((each) => each !== model)
  const command = (words: string) => hint(`rollback ${model} ${words} --dataset ${dataset}`)
  if (pinned && next.includes(model))
    lines.push(`  ${style.yellow('its SQL has changed since')}: the next run builds it anew`)
  else if (pinned) lines.push(`  stays there until its SQL changes; ${command('--release')} lets it go`)
  if (moved) lines.push(`  ${style.dim('undo')}  ${command(`--to ${from.run}`)}`)
  if (next.length > 0) {
    const what = next.includes(model) ? [model, ...readers].join(', ') : `${readers.join(', ')}, which read it,`
    lines.push(`  ${style.dim('next')}  ${hint(`run --dataset ${dataset}`)} builds ${what} anew`)
  }
  return lines.join('\n')
}

export function showVersions({ dataset, model, versions, pin }: Versions, hint: Session['hint'], style: Style): string {
  const table = textTable(
    [{ title: 'run' }, { title: 'published (UTC)' }, { title: 'rows', align: 'right' }, { title: '' }],
    versions.map((version) => [version.run, moment(iso(version.at)), count(version.rows), remark(version)]),
    { title: style.dim },
  )
  if (!pin) return table
  const release = hint(`rollback ${model} --release --dataset ${dataset}`)
  return `${table}\n${model} was rolled back on ${iso(pin.at).slice(0, 10)}; ${release} lets it go`
}

const remark = ({ shown, withdrawn }: ModelVersion) => (shown ? 'shown' : withdrawn ? 'rolled back from' : '')
