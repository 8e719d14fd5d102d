import type { Table } from '@droplake/contracts/table'
import type { LoggedSource } from '@droplake/pipeline/lake-state'
import { arrivalOf } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { fewWarnings } from '@droplake/pipeline/step-records'
import type { TableRecords } from '@droplake/pipeline/table-records'

/** What the log says of the decided sources of one table. */
export function loggedSources(plan: Plan, table: Table, records: TableRecords): LoggedSource[] {
  return records.accepted.sources.flatMap(({ source, outcome, ...why }) =>
    outcome === 'deferred' ? [] : [loggedSource(plan, source, { ...why, outcome }, records, table)],
  )
}

/** One source, with what the steps found in it as far as they came. */
export function loggedSource(
  plan: Plan,
  index: number,
  { outcome, error, rejected }: Pick<LoggedSource, 'outcome' | 'error' | 'rejected'>,
  { items, units }: Pick<TableRecords, 'items' | 'units'> = { items: [], units: [] },
  table?: Table,
): LoggedSource {
  const source = plan.sources[index]
  if (!source) throw new Error(`ingest: the plan of ${plan.run} has no source ${index}`)
  const parts = items.flatMap((item) => item.sources.filter((part) => part.source === index))
  const sha256 = parts.find((part) => part.sha256)?.sha256
  const shape = parts.find((part) => part.shape)?.shape
  const conflicts = units.reduce((sum, unit) => sum + (unit.conflicts?.[source.id] ?? 0), 0)
  // The whole file's first: of the parts' only the first are kept.
  const warnings = fewWarnings([
    ...(table ? conflictWarning(table, conflicts) : []),
    ...parts.flatMap((part) => part.warnings),
  ])
  return {
    id: source.id,
    run: plan.run,
    key: source.key,
    ...(source.member === undefined ? {} : { member: source.member }),
    ...(source.place === undefined ? {} : { place: source.place }),
    ...(source.archiveBytes === undefined ? {} : { archiveBytes: source.archiveBytes }),
    table: source.table,
    etag: source.etag,
    bytes: source.bytes,
    lastModified: source.lastModified,
    arrival: arrivalOf(source),
    ...(source.digest ? { digest: source.digest } : {}),
    outcome,
    records: parts.reduce((sum, part) => sum + part.records, 0),
    ...(sha256 ? { sha256 } : {}),
    ...(shape ? { shape } : {}),
    ...(error ? { error } : {}),
    ...(rejected ? { rejected } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

function conflictWarning({ key, dedupe }: Table, rows: number): string[] {
  if (rows === 0) return []
  const kept =
    typeof dedupe === 'object'
      ? `greatest keeps the one with the greatest ${dedupe.greatest}`
      : `${dedupe} keeps the ${dedupe === 'first' ? 'earlier' : 'later'} one`
  return [
    `key ${key.join(', ')}: ${rows} ${rows === 1 ? 'row repeats' : 'rows repeat'} a key with other values; ${kept}`,
  ]
}
