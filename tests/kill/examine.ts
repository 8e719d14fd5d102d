import type { Value } from '@droplake/lake/query-engine'
import type { Lake } from '@droplake/local/lake'
import { findReport } from '@droplake/local/reports'
import { keys } from '@droplake/pipeline/keys'
import type { StoredEntry, TableCounts } from '@droplake/pipeline/lake-state'
import { entries } from '@droplake/pipeline/log'
import { publicRows, rows } from '../e2e/shop.ts'

/** Rows of every table of one zone, as texts in an order of their own. */
export type Picture = Record<string, string[]>

/** Lineage that differs between two lakes which took the same files. */
const accidental = new Set(['_ingested_at', '_run_id', '_source_arrived_at'])

/** Every row of the cleaned and enriched tables, less what is the run's alone. */
export async function workingRows(lake: Lake, dataset = 'shop'): Promise<Picture> {
  const picture: Picture = {}
  for (const { database, name } of (await lake.fx.catalog.show(dataset))?.tables ?? []) {
    if (database.endsWith('_build')) continue
    const { columns, rows } = await lake.fx.engine.run(`select * from ${database}.${name}`)
    const kept = columns.flatMap((column, at) => (accidental.has(column.name) ? [] : [at]))
    const texts = rows.map((row) => JSON.stringify(kept.map((at) => row[at] as Value)))
    picture[`${database}.${name}`] = texts.sort()
  }
  return picture
}

/** Everything that two lakes which took the same files must agree in. */
export const pictureOf = async (lake: Lake, dataset = 'shop') => ({
  shown: await publicRows(lake, dataset),
  working: await workingRows(lake, dataset),
})

export async function logOf(lake: Lake, dataset = 'shop'): Promise<StoredEntry[]> {
  const log: StoredEntry[] = []
  for await (const entry of entries(lake.fx.store, dataset)) log.push(entry)
  return log
}

/**
 * What is wrong with a lake at rest, whatever happened to it before: only who held the dataset wrote into its log, every
 * raw file is answered for once, no bell is left, every run has its report, and the sums hold from entry to entry down to
 * the stored rows.
 */
export async function problemsAtRest(lake: Lake, dataset = 'shop'): Promise<string[]> {
  const problems: string[] = []
  const log = await logOf(lake, dataset)
  if (log.at(-1)?.kind !== 'end') problems.push(`the log ends with ${log.at(-1)?.kind}`)
  let holder: string | undefined
  for (const { kind, run, seq } of log) {
    if (kind === 'begin') holder = run
    else if (run !== holder) problems.push(`entry ${seq}, ${kind}, is of ${run}, but ${holder ?? 'nobody'} holds`)
    if (kind === 'end') holder = undefined
  }
  for await (const { key } of lake.fx.store.list(keys.pending(dataset))) problems.push(`left behind: ${key}`)

  const logged = log.flatMap((entry) => (entry.kind === 'ingest' ? entry.sources : []))
  const taken = logged.filter(({ outcome }) => outcome === 'taken')
  for (const [what, of] of [
    ['decided twice', logged.map(({ id }) => id)],
    ['taken twice', taken.map(({ table, sha256 }) => `${table} ${sha256}`)],
  ] as const)
    for (const one of repeated(of)) problems.push(`${what}: ${one}`)
  const answered = new Set(logged.map(({ key, etag }) => `${key} ${etag}`))
  for (const folder of lake.fx.datasets[dataset]?.rawFolders ?? [])
    for await (const { key, etag } of lake.fx.store.list(`raw/${folder}/`))
      if (!answered.has(`${key} ${etag}`)) problems.push(`never answered: ${key}`)

  for (const entry of log) {
    if (entry.kind !== 'begin' || entry.purpose !== 'pipeline') continue
    const report = await findReport(lake, entry.run)
    const end = log.find((other) => other.kind === 'end' && other.run === entry.run)
    if (!report) problems.push(`no report of ${entry.run}`)
    else if (end?.kind === 'end' && end.status !== report.status)
      problems.push(`${entry.run} ended ${end.status}, its report says ${report.status}`)
  }
  return [...problems, ...(await wrongSums(lake, log, dataset))]
}

async function wrongSums(lake: Lake, log: readonly StoredEntry[], dataset: string): Promise<string[]> {
  const problems: string[] = []
  const totals = new Map<string, number>()
  for (const entry of log) {
    if (entry.kind !== 'ingest') continue
    const report = await findReport(lake, entry.run)
    for (const [table, { counts }] of Object.entries(entry.tables)) {
      if (!counts) continue
      const reported = report?.tables[table]
      if (JSON.stringify(reported) !== JSON.stringify(counts))
        problems.push(`${entry.run} reports other counts of ${table} than the log`)
      problems.push(...unbalanced(`entry ${entry.seq}, ${table}`, counts, totals.get(table) ?? 0))
      totals.set(table, counts.rowsTotal)
    }
  }
  for (const [table, total] of totals) {
    const [[stored] = []] = await rows(lake, `select count(*) from ${dataset}_cleaned.${table}`)
    if (stored !== total) problems.push(`${table} has ${stored} rows, the log says ${total}`)
  }
  return problems
}

function unbalanced(at: string, counts: TableCounts, before: number): string[] {
  const { rowsIn, kept, duplicate, quarantined, blank, replaced, rowsTotal } = counts
  const problems: string[] = []
  if (rowsIn !== kept + duplicate + quarantined + blank) problems.push(`${at}: ${JSON.stringify(counts)}`)
  if (rowsTotal !== before + kept - replaced) problems.push(`${at}: ${JSON.stringify(counts)} after ${before}`)
  return problems
}

const repeated = (of: readonly string[]) => [...new Set(of.filter((one, n) => of.indexOf(one) !== n))]
