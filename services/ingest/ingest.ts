import { partitionFolder } from '@droplake/contracts/partition'
import { type DataEffects, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import {
  type LakeState,
  type LoggedSource,
  type PartitionVersion,
  rowsOf,
  type TableChange,
  type TableCounts,
} from '@droplake/pipeline/lake-state'
import { append, holding } from '@droplake/pipeline/log'
import { removeMarkers } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { readRecord } from '@droplake/pipeline/records'
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
  if (state.unfinished?.ingest === undefined) {
    const sources: LoggedSource[] = []
    const tables: Record<string, TableChange> = {}
    const quarantine: string[] = []
    for (const name of Object.keys(plan.tables)) {
      const records = await readTableRecords(fx.store, plan, name)
      sources.push(...loggedSources(plan, records))
      quarantine.push(...records.items.flatMap((item) => item.quarantine ?? []))
      const change = tableChange(fx, { plan, state, records, name })
      if (change) tables[name] = change
    }
    if (sources.length === 0 && Object.keys(tables).length === 0) return { ingested: false }
    const enriched = await enrichedChanges(fx, { plan, state })
    state = await append(fx, state, { kind: 'ingest', run, sources, tables, enriched, quarantine })
  }
  await removeMarkers(
    fx.store,
    dataset,
    plan.sources.map((source) => source.id).filter((id) => state.sources[id]),
  )
  return { ingested: true }
}

function loggedSources(plan: Plan, { accepted, items }: TableRecords): LoggedSource[] {
  return accepted.sources.flatMap(({ source: index, outcome, error }): LoggedSource[] => {
    const source = plan.sources[index]
    if (!source || outcome === 'deferred') return []
    const parts = items.flatMap((item) => item.sources.filter((part) => part.source === index))
    const sha256 = parts.find((part) => part.sha256)?.sha256
    const warnings = parts.flatMap((part) => part.warnings)
    return [
      {
        id: source.id,
        run: plan.run,
        key: source.key,
        table: source.table,
        etag: source.etag,
        bytes: source.bytes,
        lastModified: source.lastModified,
        outcome,
        records: parts.reduce((sum, part) => sum + part.records, 0),
        ...(sha256 ? { sha256 } : {}),
        ...(error ? { error } : {}),
        ...(warnings.length > 0 ? { warnings } : {}),
      },
    ]
  })
}

function tableChange(
  fx: DataEffects,
  from: { plan: Plan; state: LakeState; records: TableRecords; name: string },
): TableChange | undefined {
  const { plan, state, records, name } = from
  const taken = new Set(
    records.accepted.sources.filter(({ outcome }) => outcome === 'taken').map(({ source }) => source),
  )
  if (taken.size === 0) return undefined
  const table = tableOf(fx, plan.dataset, name)
  const partitions: Record<string, PartitionVersion> = {}
  for (const value of new Set(records.units.filter(({ changed }) => changed).map(({ unit }) => unit.partition))) {
    const units = records.units.filter(({ unit }) => unit.partition === value)
    const files = units.flatMap((unit) => unit.files)
    partitions[value] = {
      location: keys.version('cleaned', {
        dataset: plan.dataset,
        table: name,
        partition: partitionFolder(table, value),
        run: plan.run,
      }),
      buckets: units[0]?.unit.buckets ?? 1,
      files,
      rows: files.reduce((sum, file) => sum + file.rows, 0),
    }
  }
  const parts = records.items.flatMap((item) => item.sources).filter((part) => taken.has(part.source))
  const sum = <T>(of: readonly T[], value: (one: T) => number) => of.reduce((total, one) => total + value(one), 0)
  const previous = rowsOf(state.tables[name])
  const after = { ...state.tables[name]?.partitions, ...partitions }
  const counts: TableCounts = {
    records: sum(parts, (part) => part.records),
    rowsIn: sum(parts, (part) => part.records),
    kept: sum(records.units, (unit) => unit.kept),
    duplicate: sum(records.units, (unit) => unit.duplicate),
    quarantined: sum(parts, (part) => part.quarantined),
    blank: sum(parts, (part) => part.blank),
    repaired: sum(records.units, (unit) => unit.repaired),
    replaced: sum(records.units, (unit) => unit.replaced),
    rowsTotal: sum(Object.values(after), (partition) => partition.rows),
  }
  checkSums(name, counts, previous)
  return { partitions, counts }
}
