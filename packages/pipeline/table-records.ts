import type { ObjectStore } from '@droplake/lake/object-store'
import { keys } from './keys.ts'
import type { Plan } from './plan.ts'
import { findRecord } from './records.ts'
import { type AcceptRecord, type CleanRecord, type DedupedUnit, type DedupeRecord, lastItemOf } from './step-records.ts'

/** Everything that the steps recorded about one table of a run. */
export interface TableRecords {
  accepted: AcceptRecord
  /** Clean's records; a failed item has none, and no taken source is in it. */
  items: CleanRecord[]
  units: DedupedUnit[]
}

/** Thrown when a step of the run has left no record. */
export class StepMissing extends Error {
  override readonly name = 'StepMissing'
}

export async function readTableRecords(store: ObjectStore, plan: Plan, table: string): Promise<TableRecords> {
  const accepted = await findRecord<AcceptRecord>(store, keys.accept(plan.run, table))
  if (!accepted) throw new StepMissing(`ingest: Accept did not finish for ${table}`)
  const items = await Promise.all(
    (plan.tables[table]?.items ?? []).map((_, item) =>
      findRecord<CleanRecord>(store, keys.cleanDone(plan.run, table, item)),
    ),
  )
  const dedupes = await Promise.all(
    Array.from({ length: lastItemOf(accepted.units) + 1 }, async (_, item) => {
      const record = await findRecord<DedupeRecord>(store, keys.dedupeDone(plan.run, table, item))
      if (!record) throw new StepMissing(`ingest: Dedupe did not finish for ${table}, item ${item}`)
      return record
    }),
  )
  return {
    accepted,
    items: items.filter((record) => record !== undefined),
    units: dedupes.flatMap((record) => record.units),
  }
}
