import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { findFailure } from '@droplake/pipeline/failures'
import { keys } from '@droplake/pipeline/keys'
import {
  advanceTables,
  type LakeState,
  type PartitionVersion,
  rowsOf,
  type TableChange,
} from '@droplake/pipeline/lake-state'
import { enrichedLayout, layoutId, newestLayout } from '@droplake/pipeline/layouts'
import { findRecord, readRecord } from '@droplake/pipeline/records'
import { type EnrichPlan, type EnrichRecord, lastItemOf, shareOf } from '@droplake/pipeline/step-records'
import { describeFailure, type TableFailure } from '@droplake/pipeline/table-records'
import { SumMismatch } from './check-sums.ts'

const gone = ({ layout: _, ...version }: PartitionVersion): PartitionVersion => ({ ...version, files: [], rows: 0 })

/** What the run made of the enriched tables. */
export interface Enrichment {
  changes: Record<string, TableChange>
  /** Tables that it could not be made for. */
  failed: Record<string, TableFailure>
  /** Tables whose rows were read for each enriched table of the plan, itself included. */
  reads: Record<string, string[]>
}

/** The changes that the records of Enrich come to, table by table. */
export async function readEnrichment(
  fx: DataEffects,
  { dataset, run, state }: RunInput & { state: LakeState },
): Promise<Enrichment> {
  const plan = await readRecord<EnrichPlan>(fx.store, keys.enrichPlan(run))
  const layoutOf = (name: string) =>
    enrichedLayout(datasetOf(fx, dataset), tableOf(fx, dataset, name), plan.tables[name])
  const enrichment: Enrichment = { changes: {}, failed: {}, reads: {} }
  for (const { table: name } of plan.units) {
    const layout = layoutOf(name)
    const id = layoutId(layout)
    const isKnown = state.enriched[name]?.layouts?.[id] !== undefined
    enrichment.changes[name] ??= { partitions: {}, ...(isKnown ? {} : { layouts: { [id]: layout } }) }
    const lookups = tableOf(fx, dataset, name).enrich?.lookups ?? []
    enrichment.reads[name] ??= [name, ...lookups.map(({ table }) => table)]
  }
  for (let item = 0; item <= lastItemOf(plan.units); item++) {
    const record = await findRecord<EnrichRecord>(fx.store, keys.enrichDone(run, item))
    if (!record) {
      const failure = await findFailure(fx.store, run, { step: 'Enrich', item })
      for (const { table } of shareOf(plan.units, item))
        enrichment.failed[table] = describeFailure('Enrich', table, failure)
      continue
    }
    for (const { table: name, partition, written } of record.units) {
      const change = enrichment.changes[name] as TableChange
      const before = state.enriched[name]?.partitions ?? {}
      const isDividedAnew = newestLayout(state.enriched[name])?.partition !== layoutOf(name).partition
      const all = tableOf(fx, dataset, name).enrich?.partition !== undefined || isDividedAnew
      for (const value of all ? Object.keys(before) : [partition])
        if (before[value] && !change.partitions[value]?.files.length) change.partitions[value] = gone(before[value])
      Object.assign(change.partitions, written)
    }
  }
  return enrichment
}

/** A join keeps every row, so an enriched table has as many as its cleaned one. */
export function checkEnriched(
  state: LakeState,
  of: { name: string; change: TableChange; cleaned: TableChange | undefined },
): void {
  const { name, change, cleaned } = of
  const seq = state.seq + 1
  const enrichedRows = rowsOf(advanceTables(state.enriched, { [name]: change }, seq)[name])
  const cleanedRows = rowsOf((cleaned ? advanceTables(state.tables, { [name]: cleaned }, seq) : state.tables)[name])
  if (enrichedRows !== cleanedRows)
    throw new SumMismatch(`ingest: enriched.${name} has ${enrichedRows} rows, cleaned.${name} ${cleanedRows}`)
}
