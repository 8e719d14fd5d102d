import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
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
import { type EnrichPlan, type EnrichRecord, lastItemOf } from '@droplake/pipeline/step-records'
import { StepMissing } from '@droplake/pipeline/table-records'
import { SumMismatch } from './check-sums.ts'

const gone = ({ layout: _, ...version }: PartitionVersion): PartitionVersion => ({ ...version, files: [], rows: 0 })

/** What the run changes in the enriched tables. A join keeps every row, so each has as many as its cleaned table. */
export async function enrichedChanges(
  fx: DataEffects,
  { dataset, run, state, tables }: RunInput & { state: LakeState; tables: Record<string, TableChange> },
): Promise<Record<string, TableChange>> {
  const plan = await readRecord<EnrichPlan>(fx.store, keys.enrichPlan(run))
  const changes: Record<string, TableChange> = {}
  const layoutOf = (name: string) =>
    enrichedLayout(datasetOf(fx, dataset), tableOf(fx, dataset, name), plan.tables[name])
  const layoutsOf = (name: string): Pick<TableChange, 'layouts'> => {
    const layout = layoutOf(name)
    const id = layoutId(layout)
    return state.enriched[name]?.layouts?.[id] ? {} : { layouts: { [id]: layout } }
  }
  for (let item = 0; item <= lastItemOf(plan.units); item++) {
    const record = await findRecord<EnrichRecord>(fx.store, keys.enrichDone(run, item))
    if (!record) throw new StepMissing(`ingest: Enrich did not finish, item ${item}`)
    for (const { table: name, partition, written } of record.units) {
      const change = changes[name] ?? { partitions: {}, ...layoutsOf(name) }
      changes[name] = change
      const before = state.enriched[name]?.partitions ?? {}
      const isDividedAnew = newestLayout(state.enriched[name])?.partition !== layoutOf(name).partition
      const replaced = tableOf(fx, dataset, name).enrich?.partition || isDividedAnew ? Object.keys(before) : [partition]
      for (const value of replaced) if (before[value]) change.partitions[value] = gone(before[value])
      Object.assign(change.partitions, written)
    }
  }
  const after = advanceTables(state.enriched, changes, state.seq + 1)
  const cleaned = advanceTables(state.tables, tables, state.seq + 1)
  for (const name of Object.keys(changes))
    if (rowsOf(after[name]) !== rowsOf(cleaned[name]))
      throw new SumMismatch(
        `ingest: enriched.${name} has ${rowsOf(after[name])} rows, cleaned.${name} ${rowsOf(cleaned[name])}`,
      )
  return changes
}
