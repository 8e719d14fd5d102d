import type { Table } from '@droplake/contracts/table'
import { type DataEffects, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { type LoggedSource, rowsOf, type TableChange } from '@droplake/pipeline/lake-state'
import { append, holding } from '@droplake/pipeline/log'
import { arrivalOf, recordAttempt, removeMarkers } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { readRecord } from '@droplake/pipeline/records'
import { tableChange } from '@droplake/pipeline/table-change'
import { readTableRecords, type TableRecords } from '@droplake/pipeline/table-records'
import { checkSums } from './check-sums.ts'
import { enrichedChanges } from './enriched-changes.ts'

export type IngestInput = RunInput

/**
 * One log entry commits the data of the run: before it nothing of the run exists, after it everything does. Everything
 * that was planned must be there, and its sums must hold.
 */
export async function ingest(fx: DataEffects, { dataset, run }: IngestInput): Promise<{ ingested: boolean }> {
  let state = await holding(fx.store, dataset, run)
  const plan = await readRecord<Plan>(fx.store, keys.plan(run))
  for (const { id, table } of plan.sources) {
    const error = plan.refused[table]
    if (error) await recordAttempt(fx.store, dataset, id, { run, error, own: false })
  }
  if (state.unfinished?.ingest === undefined) {
    const sources: LoggedSource[] = []
    const tables: Record<string, TableChange> = {}
    const quarantine: string[] = []
    for (const name of Object.keys(plan.tables)) {
      const records = await readTableRecords(fx.store, plan, name)
      sources.push(...loggedSources(plan, tableOf(fx, dataset, name), records))
      quarantine.push(...records.items.flatMap((item) => item.quarantine ?? []))
      const before = state.tables[name]
      const change = tableChange(tableOf(fx, dataset, name), { plan, before, records })
      if (!change) continue
      checkSums(name, change.counts, rowsOf(before))
      tables[name] = change
    }
    const enriched = await enrichedChanges(fx, { dataset, run, state, tables })
    if (sources.length === 0 && Object.keys(enriched).length === 0) return { ingested: false }
    state = await append(fx, state, { kind: 'ingest', run, sources, tables, enriched, quarantine })
  }
  await removeMarkers(
    fx.store,
    dataset,
    plan.sources.map((source) => source.id).filter((id) => state.sources[id]),
  )
  return { ingested: true }
}

function loggedSources(plan: Plan, table: Table, { accepted, items, units }: TableRecords): LoggedSource[] {
  return accepted.sources.flatMap(({ source: index, outcome, error }): LoggedSource[] => {
    const source = plan.sources[index]
    if (!source || outcome === 'deferred') return []
    const parts = items.flatMap((item) => item.sources.filter((part) => part.source === index))
    const sha256 = parts.find((part) => part.sha256)?.sha256
    const shape = parts.find((part) => part.shape)?.shape
    const conflicts = units.reduce((sum, unit) => sum + (unit.conflicts?.[source.id] ?? 0), 0)
    const warnings = [...parts.flatMap((part) => part.warnings), ...conflictWarning(table, conflicts)]
    return [
      {
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
        ...(warnings.length > 0 ? { warnings } : {}),
      },
    ]
  })
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
