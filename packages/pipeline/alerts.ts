import type { Dataset } from '@droplake/contracts/dataset'
import type { Alert } from '@droplake/lake/notifier'
import type { CrawlRecord } from './drift.ts'
import type { LakeState } from './lake-state.ts'
import { publicCause } from './public-text.ts'
import { reasonOf, type Unroutable } from './recognize.ts'
import type { Report } from './report.ts'
import type { Moved } from './rollback.ts'

const defaultQuarantineShare = 0.05

const filesShown = 10

/** Sent when an object lies under `raw/` that no table takes, or an archive with members that none takes. */
export function unroutableAlert(
  datasets: Record<string, Dataset>,
  key: string,
  files: readonly Unroutable[] = [],
): Alert {
  const folder = key.split('/')[1] ?? ''
  const dataset = Object.values(datasets).find((candidate) => candidate.rawFolders.includes(folder))
  const patterns = Object.values(dataset?.tables ?? {}).map((table) => table.files)
  const known = dataset
    ? `The tables of ${dataset.name} take ${patterns.join(', ')}.`
    : `The datasets are ${Object.keys(datasets).join(', ')}; their files lie under raw/<dataset>/.`
  const names = files.flatMap(({ member }) => member ?? [])
  const name = key.split('/').at(-1)
  return {
    subject: oneLine(
      names.length > 0
        ? `droplake: no table takes ${names.length} member${names.length > 1 ? 's' : ''} of ${name}`
        : `droplake: no table takes ${name}`,
    ),
    text: [
      names.length > 0
        ? `${key} lies in the lake, and no contract knows ${names.length} of its members.`
        : `${key} lies in the lake, and no contract knows it.`,
      ...files
        .slice(0, filesShown)
        .map((file) => `${file.member ? `${file.member}: ` : 'It is not taken: '}${reasonOf(file)}.`),
      ...(files.length > filesShown ? [`… and ${files.length - filesShown} more.`] : []),
      `${known} Name its table by its folder, raw/<dataset>/<table>/, or drop it again with --dataset and --table.`,
    ].join('\n'),
    attributes: { kind: 'unroutable', dataset: dataset?.name ?? '', severity: 'warning' },
  }
}

/** So many runs that die one after the other are told, and the next one waits for the pass. */
export const deathsInARow = 3

/** Told when run after run dies without an end: somebody has to look at the machine, not at the data. */
export function abandonedAlert(dataset: string, state: Pick<LakeState, 'abandoned'>): Alert | undefined {
  if (state.abandoned < deathsInARow) return undefined
  return {
    subject: oneLine(`droplake: ${dataset}: ${state.abandoned} runs in a row died`),
    text: `The last ${state.abandoned} runs of ${dataset} never ended: their processes or executions were killed, or ran out of memory or time. Nothing is lost; another run has begun. droplake runs --dataset ${dataset} shows how far they came.`,
    attributes: { kind: 'failed', dataset, severity: 'error' },
  }
}

const keysShown = 10

const shown = (keys: readonly string[]) =>
  keys.length > keysShown ? [...keys.slice(0, keysShown), `… and ${keys.length - keysShown} more`] : keys

/** Sent once per key: files under raw/ that no contract takes, and that nobody will take unless somebody acts. */
export function unannouncedAlert(dataset: string, keys: readonly string[]): Alert {
  return {
    subject: oneLine(`droplake: ${dataset}: ${count(keys.length, 'file')} under raw/ that no table takes`),
    text: [...shown(keys), 'Drop them again with --dataset and --table, add a contract for them, or delete them.'].join(
      '\n',
    ),
    attributes: { kind: 'unroutable', dataset, severity: 'warning' },
  }
}

/** Sent once per key: files that the pipeline is not allowed to read. */
export function unreadableAlert(dataset: string, keys: readonly string[]): Alert {
  return {
    subject: oneLine(`droplake: ${dataset}: ${count(keys.length, 'file')} cannot be read`),
    text: [
      ...shown(keys),
      `The pipeline may not read ${keys.length === 1 ? 'it' : 'them'}: a permission or the key of the encryption is missing. Other files go on. Give the permission, or upload again with the lake's own key; then the daily listing, or droplake run --dataset ${dataset}, takes what is there.`,
    ].join('\n'),
    attributes: { kind: 'unreadable', dataset, severity: 'error' },
  }
}

/** Sent once per file and reason, where nothing else tells that a run could not take it. */
export function waitingAlert(dataset: string, run: string, files: readonly string[]): Alert {
  return {
    subject: oneLine(`droplake: ${dataset}: ${count(files.length, 'file')} could not be read`),
    text: [
      ...shown(files),
      `Every run tries again. If it lasts, see to the cause; droplake runs show ${run} has the details.`,
    ].join('\n'),
    attributes: { kind: 'unreadable', dataset, severity: 'error', run },
  }
}

/** Told when a person moved a model to another version, or let go of one. */
export function rollbackAlert(of: Omit<Moved, 'next'>): Alert {
  const { dataset, model, run, from, to, pinned } = of
  const moved = from.seq !== to.seq
  const what = pinned ? 'rolled back' : moved ? 'back at its newest version' : 'released'
  const lines = moved
    ? [
        `${model} of ${dataset} shows the version of run ${to.run} (${count(to.rows, 'row')}) in place of that of run ${from.run} (${count(from.rows, 'row')}).`,
      ]
    : [`${model} of ${dataset} is no longer kept at the version of run ${to.run}: it follows its inputs again.`]
  if (pinned)
    lines.push(
      `It stays there until its SQL is another one, or droplake rollback ${model} --release --dataset ${dataset} lets it go.`,
    )
  return {
    subject: oneLine(`droplake: ${dataset}: ${model} ${what}`),
    text: lines.join('\n'),
    attributes: { kind: 'published', dataset, severity: pinned ? 'warning' : 'info', run },
  }
}

/** Told when an execution ended before its run did: it failed outside its steps, ran out of time, or was stopped. */
export function executionAlert(of: {
  dataset: string
  run?: string
  executionArn: string
  status: string
  error?: string | null
  cause?: string | null
}): Alert {
  const { dataset, run, executionArn, status, error, cause } = of
  const how = { TIMED_OUT: 'ran out of time', ABORTED: 'was stopped' }[status] ?? 'failed'
  const why = error ? ` ${error}${cause ? `: ${publicCause(cause)}` : ''}.` : ''
  return {
    subject: oneLine(`droplake: ${dataset || 'an execution'} ${how}`),
    text: `The execution ${executionArn} ${how}.${why} Nothing is lost: what it had committed stays, and the next run goes on from there.`,
    attributes: { kind: 'failed', dataset, status: 'failed', severity: 'error', ...(run ? { run } : {}) },
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
      subject: oneLine(`droplake: ${dataset.name}: ${count(aside.length, 'file')} set aside`),
      text: [
        ...aside.map(({ key, error }) => `${key}: ${error}`),
        'Repair the file, or its contract, and drop it again.',
      ].join('\n'),
      attributes: { kind: 'set_aside', severity: 'error', ...attributes },
    })
  for (const [name, counts] of Object.entries(report.tables)) {
    const share = counts.rowsIn === 0 ? 0 : counts.quarantined / counts.rowsIn
    if (share <= (dataset.tables[name]?.quarantineAlert ?? defaultQuarantineShare)) continue
    alerts.push({
      subject: oneLine(`droplake: ${dataset.name}.${name}: ${percent(share)} of the rows rejected`),
      text: `${counts.quarantined} of ${count(counts.rowsIn, 'row')} of ${name} ${counts.quarantined === 1 ? 'is' : 'are'} in quarantine. droplake quarantine list --dataset ${dataset.name} says why.`,
      attributes: { kind: 'quarantine', severity: 'warning', ...attributes },
    })
  }
  return alerts
}

/** Sent when files of a new shape were loaded with other columns than the contract's, or when nobody could look. */
export function crawlAlerts(dataset: Dataset, run: string, { crawler, error, drifts }: CrawlRecord): Alert[] {
  const attributes = { kind: 'drift' as const, dataset: dataset.name, severity: 'warning' as const, run }
  if (error)
    return [
      {
        subject: oneLine(`droplake: ${dataset.name}: the crawler could not be asked`),
        text: `The crawler ${crawler} gave no answer in run ${run}, so nobody compared the raw files with the contracts. ${error}`,
        attributes,
      },
    ]
  return drifts.map(({ table, key, files, records, dropped, nulled }) => ({
    subject: oneLine(`droplake: ${dataset.name}.${table}: other columns than the contract`),
    text: [
      `${key} has other columns than the contract of ${table}, and was loaded all the same: ${count(files, 'file')}, ${count(records, 'record')}.`,
      ...(dropped > 0 ? [`Dropped: ${count(dropped, 'column')} that the contract does not know.`] : []),
      ...(nulled.length > 0 ? [`Null in these rows: ${nulled.join(', ')}.`] : []),
      'Add the columns to the contract, or ask who sends the file. Files like this one are not reported again.',
    ].join('\n'),
    attributes,
  }))
}

function describe(report: Report): string {
  const seconds = (report.durationMs / 1000).toFixed(1)
  const lines = [`Run ${report.runId} of ${report.dataset} ${report.status} after ${seconds} s.`]
  for (const [table, { rowsIn, kept, duplicate, quarantined, replaced, rowsTotal }] of Object.entries(report.tables))
    lines.push(
      `${table}: ${count(rowsIn, 'row')} in, ${kept} kept, ${duplicate} duplicate, ${quarantined} quarantined, ${replaced} replaced; ${rowsTotal} in the table`,
    )
  const models = Object.entries(report.models)
  const published = models.filter(([, model]) => model.status === 'published')
  if (published.length > 0)
    lines.push(`Published: ${published.map(([name, { rows }]) => `${name} (${rows})`).join(', ')}`)
  for (const rule of report.quality)
    if (rule.status === 'fail')
      lines.push(`${rule.severity}: ${rule.table}: ${rule.rule} fails for ${count(rule.failing, 'row')}`)
  for (const [name, { status, error }] of models)
    if (status === 'held' || status === 'failed') lines.push(`${name} is ${status}: ${error ?? ''}`)
  const deferred = report.sources.filter((source) => source.outcome === 'deferred')
  for (const { key, error } of deferred) lines.push(`${key} waits for the next run: ${error}`)
  if (report.error) lines.push(report.error)
  if (report.status === 'failed' || report.status === 'held')
    lines.push(
      `droplake run --dataset ${report.dataset} tries again.${published.length > 0 ? '' : ' Nothing that was published before has changed.'}`,
    )
  return lines.join('\n')
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 100)
