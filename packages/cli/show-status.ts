import { headline } from '@droplake/pipeline/report'
import { type DatasetStatus, holderText } from './read-status.ts'
import type { Session } from './session.ts'
import type { Style } from './style.ts'
import { ago, count, many, readable } from './text.ts'
import { textTable } from './text-table.ts'

export function showStatus(
  { lake, stage, datasets }: { lake: string; stage?: string; datasets: DatasetStatus[] },
  { hint }: Pick<Session, 'hint'>,
  style: Style,
): string {
  const now = Date.now()
  const how = stage === undefined ? `${hint('drop PATH')} or ${hint('demo')} puts` : `${hint('drop PATH')} puts`
  if (datasets.length === 0) return `${lake} is empty; ${how} something into it`
  return [style.dim(lake), ...datasets.map((dataset) => showDataset(dataset, { now, hint, style }))].join('\n\n')
}

function showDataset(
  { dataset, tables, models, pending, lastRun, unfinished, damaged }: DatasetStatus,
  { now, hint, style }: { now: number; hint: Session['hint']; style: Style },
): string {
  const age = (iso: string | null) => (iso === null ? '' : ago(Date.parse(iso), now))
  const waiting =
    pending === 0 ? 'nothing pending' : `${many(pending, 'file')} pending: ${hint(`run --dataset ${dataset}`)}`
  const last = lastRun ? `last run ${headline(lastRun)} ${age(lastRun.finishedAt)}` : 'no run has ended yet'
  const lines = damaged
    ? [`${style.bold(dataset)}  ${style.red('damaged')}  ${readable(damaged)}`]
    : [`${style.bold(dataset)}  ${last}, ${waiting}`]
  if (unfinished?.alive)
    lines.push(
      `  run ${unfinished.runId} is under way, begun ${age(unfinished.startedAt)} by ${holderText(unfinished.holder)}`,
    )
  else if (unfinished)
    lines.push(
      `  ${style.yellow('run')} ${unfinished.runId} died; ${hint(`run --dataset ${dataset}`)} goes on with its work`,
    )
  const rows = [
    ...Object.entries(tables).map(([name, { rows, partition, latest }]) => [
      `cleaned.${name}`,
      count(rows),
      partition ?? '',
      age(latest),
    ]),
    ...Object.entries(models).map(([name, { rows, latest }]) => [`curated.${name}`, count(rows), '', age(latest)]),
  ]
  const columns = [
    { title: 'table' },
    { title: 'rows', align: 'right' as const },
    { title: 'newest' },
    { title: 'changed' },
  ]
  lines.push(textTable(columns, rows, { indent: '  ', title: style.dim }))
  for (const [name, { rolledBack }] of Object.entries(models))
    if (rolledBack)
      lines.push(
        `  ${style.yellow('rolled back')}  ${name} ${age(rolledBack.at)}, to the version of run ${rolledBack.runId}; ${hint(`rollback ${name} --release --dataset ${dataset}`)} lets it go`,
      )
  return lines.join('\n')
}
