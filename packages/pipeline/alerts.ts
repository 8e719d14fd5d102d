import type { Dataset } from '@droplake/contracts/dataset'
import type { Alert } from '@droplake/lake/notifier'
import type { LakeState } from './lake-state.ts'
import type { Report } from './report.ts'

const defaultQuarantineShare = 0.05

export function unroutableAlert(datasets: Record<string, Dataset>, key: string): Alert {
  const folder = key.split('/')[1] ?? ''
  const dataset = Object.values(datasets).find((candidate) => candidate.rawFolders.includes(folder))
  const patterns = Object.values(dataset?.tables ?? {}).map((table) => table.files)
  const known = dataset
    ? `The tables of ${dataset.name} take ${patterns.join(', ')}.`
    : `The datasets are ${Object.keys(datasets).join(', ')}; their files lie under raw/<dataset>/.`
  return {
    subject: oneLine(`droplake: no table takes ${key.split('/').at(-1)}`),
    text: `${key} lies in the lake, and no contract knows it. ${known} Name its table by its folder, raw/<dataset>/<table>/, or drop it again with --dataset and --table.`,
    attributes: { kind: 'unroutable', dataset: dataset?.name ?? '', severity: 'warning' },
  }
}

const deathsInARow = 3

/** Told when run after run dies without an end: somebody has to look at the machine, not at the data. */
export function abandonedAlert(dataset: string, state: Pick<LakeState, 'abandoned'>): Alert | undefined {
  if (state.abandoned < deathsInARow) return undefined
  return {
    subject: oneLine(`droplake: ${dataset}: ${state.abandoned} runs in a row died`),
    text: `The last ${state.abandoned} runs of ${dataset} never ended: their processes or executions were killed, or ran out of memory or time. Nothing is lost; another run has begun. droplake runs --dataset ${dataset} shows how far they came.`,
    attributes: { kind: 'failed', dataset, severity: 'error' },
  }
}

/** The messages of a run: one of its status, one of sources set aside, one of tables with many rejected rows. */
export function runAlerts(dataset: Dataset, report: Report): Alert[] {
  const alerts: Alert[] = []
  const { runId: run, status } = report
  const attributes = { dataset: dataset.name, status, run }
  const severity = status === 'failed' ? 'error' : status === 'held' ? 'warning' : 'info'
  if (status !== 'empty')
    alerts.push({
      subject: oneLine(`droplake: ${dataset.name} ${status}`),
      text: describe(report),
      attributes: { kind: status, severity, ...attributes },
    })
  const aside = report.sources.filter((source) => source.outcome === 'set_aside')
  if (aside.length > 0)
    alerts.push({
      subject: oneLine(`droplake: ${dataset.name}: ${aside.length} file${aside.length > 1 ? 's' : ''} set aside`),
      text: [
        ...aside.map(({ key, error }) => `${key}: ${error}`),
        'Mend the file, or its contract, and drop it again.',
      ].join('\n'),
      attributes: { kind: 'set_aside', severity: 'error', ...attributes },
    })
  for (const [name, counts] of Object.entries(report.tables)) {
    const share = counts.rowsIn === 0 ? 0 : counts.quarantined / counts.rowsIn
    if (share <= (dataset.tables[name]?.quarantineAlert ?? defaultQuarantineShare)) continue
    alerts.push({
      subject: oneLine(`droplake: ${dataset.name}.${name}: ${percent(share)} of the rows rejected`),
      text: `${counts.quarantined} of ${counts.rowsIn} rows of ${name} are in quarantine. droplake quarantine list --dataset ${dataset.name} says why.`,
      attributes: { kind: 'quarantine', severity: 'warning', ...attributes },
    })
  }
  return alerts
}

function describe(report: Report): string {
  const seconds = (report.durationMs / 1000).toFixed(1)
  const lines = [`Run ${report.runId} of ${report.dataset} ${report.status} after ${seconds} s.`]
  for (const [table, { rowsIn, kept, duplicate, quarantined, replaced, rowsTotal }] of Object.entries(report.tables))
    lines.push(
      `${table}: ${rowsIn} rows in, ${kept} kept, ${duplicate} duplicate, ${quarantined} quarantined, ${replaced} replaced; ${rowsTotal} in the table`,
    )
  const models = Object.entries(report.models)
  const published = models.filter(([, model]) => model.status === 'published')
  if (published.length > 0)
    lines.push(`Published: ${published.map(([name, { rows }]) => `${name} (${rows})`).join(', ')}`)
  for (const rule of report.quality)
    if (rule.status === 'fail')
      lines.push(`${rule.severity}: ${rule.table}: ${rule.rule} fails for ${rule.failing} rows`)
  for (const [name, { status, error }] of models)
    if (status === 'held' || status === 'failed') lines.push(`${name} is ${status}: ${unquoted(error ?? '')}`)
  const deferred = report.sources.filter((source) => source.outcome === 'deferred')
  for (const { key, error } of deferred) lines.push(`${key} waits for the next run: ${error}`)
  if (report.error) lines.push(unquoted(report.error))
  if (report.status === 'failed' || report.status === 'held')
    lines.push(`droplake run --dataset ${report.dataset} tries again; nothing that was published before has changed.`)
  return lines.join('\n')
}

/** An error's text without what it quotes: engines quote the cells that they stumble over. */
const unquoted = (error: string) => error.replace(/'[^']*'/g, "'…'")

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 100)
