import { headline, type Report } from '@droplake/pipeline/report'
import type { Session } from './session.ts'
import type { Style } from './style.ts'
import { count, duration, many, readable } from './text.ts'
import { textTable } from './text-table.ts'

/** One run's report as a person reads it, with where to look next. */
export function showReport(report: Report, session: Pick<Session, 'quiet' | 'hint'>, style: Style): string {
  const { dataset, status, durationMs, runId } = report
  const came = headline(report)
  const look =
    status === 'failed' || came === 'set aside' ? style.red : status === 'published' ? style.green : style.yellow
  const lines = [`${style.bold(dataset)}  ${look(came)} after ${duration(durationMs)}  ${style.dim(runId)}`]
  if (Object.keys(report.tables).length > 0) lines.push(tablesOf(report, style))
  lines.push(...sourcesOf(report), ...modelsOf(report, style), ...rulesOf(report, style))
  if (report.error) lines.push(`  ${style.red('error')}  ${readable(report.error)}`)
  const next = session.quiet ? [] : nextSteps(report, session.hint)
  if (next.length > 0) lines.push('', ...next.map((step) => `  ${style.dim('next')}  ${step}`))
  return lines.join('\n')
}

function tablesOf({ tables }: Report, style: Style): string {
  const entries = Object.entries(tables)
  const blank = entries.some(([, counts]) => counts.blank > 0)
  const shown = [
    'rowsIn',
    'kept',
    'duplicate',
    'quarantined',
    ...(blank ? ['blank' as const] : []),
    'replaced',
    'rowsTotal',
  ] as const
  const titles = { rowsIn: 'in', rowsTotal: 'total' } as Record<string, string>
  const columns = shown.map((name) => ({ title: titles[name] ?? name, align: 'right' as const }))
  const rows = entries.map(([name, counts]) => [name, ...shown.map((key) => count(counts[key]))])
  return textTable([{ title: 'table' }, ...columns], rows, { indent: '  ', title: style.dim })
}

/** Sources that are not plainly taken, each with its reason. */
function sourcesOf({ sources }: Report): string[] {
  return sources
    .filter(({ outcome, warnings }) => outcome !== 'taken' || (warnings?.length ?? 0) > 0)
    .flatMap(({ key, outcome, error, warnings = [] }) => [
      ...(outcome === 'taken' ? [] : [`  ${outcome.replace('_', ' ')}: ${readable(key)}${reason(outcome, error)}`]),
      ...warnings.map((warning) => `  warning: ${readable(key)}: ${readable(warning)}`),
    ])
}

function reason(outcome: string, error: string | undefined): string {
  if (error) return `: ${readable(error)}`
  if (outcome === 'duplicate') return ': the lake has these bytes already; --force takes them again'
  if (outcome === 'empty') return ': no rows in it'
  return ''
}

function modelsOf({ models }: Report, style: Style): string[] {
  const entries = Object.entries(models)
  const of = (status: string) => entries.filter(([, model]) => model.status === status)
  const lines: string[] = []
  const published = of('published')
  if (published.length > 0)
    lines.push(`  published  ${published.map(([name, { rows }]) => `${name} (${count(rows)})`).join(', ')}`)
  if (published.length > 0 && of('unchanged').length > 0)
    lines.push(
      `  unchanged  ${of('unchanged')
        .map(([name]) => name)
        .join(', ')}`,
    )
  for (const [name, { status, error = '' }] of [...of('held'), ...of('failed')])
    lines.push(`  ${(status === 'failed' ? style.red : style.yellow)(status)}  ${name}: ${readable(error)}`)
  return lines
}

function rulesOf({ quality }: Report, style: Style): string[] {
  return quality
    .filter(({ status }) => status === 'fail')
    .map(({ rule, table, severity, failing, error }) => {
      const look = severity === 'error' ? style.red : style.yellow
      const what = error === undefined ? `fails for ${many(failing, 'row')}` : `cannot be asked: ${readable(error)}`
      return `  ${look(severity)}  rule ${rule} of ${table} ${what}`
    })
}

function nextSteps({ runId, dataset, status, sources, tables, models }: Report, hint: Session['hint']): string[] {
  const steps: string[] = []
  if (status === 'failed' || status === 'held') steps.push(hint(`run --dataset ${dataset}`))
  const allRejected = sources.some(({ outcome, error }) => outcome === 'set_aside' && error?.includes('rejected: '))
  if (allRejected || Object.values(tables).some(({ quarantined }) => quarantined > 0))
    steps.push(hint(`quarantine list --run ${runId}`))
  const published = Object.entries(models).filter(([, model]) => model.status === 'published')
  const model = published.find(([name, { rows }]) => name.startsWith('fact_') && rows > 0) ?? published[0]
  if (model) steps.push(hint(`query "select * from ${dataset}_curated.${model[0]} limit 5"`))
  return steps
}
