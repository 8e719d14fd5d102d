import type { Dataset } from '@droplake/contracts/dataset'
import type { Alert } from '@droplake/lake/notifier'
import type { CrawlRecord } from './drift.ts'
import { messageOf } from './error-cause.ts'
import type { LakeState } from './lake-state.ts'
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

/** Told when a person moved a model to another version, or let go of one. */
export function rollbackAlert(of: Omit<Moved, 'next'>): Alert {
  const { dataset, model, run, from, to, pinned } = of
  const moved = from.seq !== to.seq
  const what = pinned ? 'rolled back' : moved ? 'back at its newest version' : 'released'
  const lines = moved
    ? [
        `${model} of ${dataset} shows the version of run ${to.run} (${to.rows} rows) in place of that of run ${from.run} (${from.rows} rows).`,
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
  const why = error ? ` ${error}${cause ? `: ${unquoted(messageOf(cause))}` : ''}.` : ''
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

/** Told when the raw files have other columns than the contracts, or when nobody could look. */
export function crawlAlerts(dataset: Dataset, run: string, { crawler, error, drifts }: CrawlRecord): Alert[] {
  const attributes = { kind: 'drift' as const, dataset: dataset.name, severity: 'warning' as const, run }
  if (error)
    return [
      {
        subject: oneLine(`droplake: ${dataset.name}: the crawler could not be asked`),
        text: `The crawler ${crawler} gave no answer in run ${run}, so nobody compared the raw files with the contracts. ${unquoted(error)}`,
        attributes,
      },
    ]
  return drifts.map(({ table, key, added, missing }) => ({
    subject: oneLine(`droplake: ${dataset.name}.${table}: other columns than the contract`),
    text: [
      `${key} has other columns than the contract of ${table}.`,
      ...(added.length > 0 ? [`Unknown to the contract: ${added.join(', ')}. They are not loaded.`] : []),
      ...(missing.length > 0 ? [`Missing from the file: ${missing.join(', ')}. They are null.`] : []),
      'No table has changed. Add the columns to the contract, or ask who sends the file.',
    ].join('\n'),
    attributes,
  }))
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
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
const oneLine = (text: string) => text.replace(/\s+/g, ' ').slice(0, 100)
