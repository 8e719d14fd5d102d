import type { ObjectStore } from '@droplake/lake/object-store'
import { explain, type Failure, findFailure, type TableStep } from './failures.ts'
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

/** Why a run leaves a table as it was. */
export interface TableFailure {
  step: TableStep | 'Ingest'
  /** Of the error. */
  name: string
  message: string
}

/** A table that a step failed for, with Accept's decisions as far as there are any. */
export interface FailedTable {
  failure: TableFailure
  accepted?: AcceptRecord
}

export async function readTableRecords(
  store: ObjectStore,
  plan: Plan,
  table: string,
): Promise<TableRecords | FailedTable> {
  const { run } = plan
  const accepted = await findRecord<AcceptRecord>(store, keys.accept(run, table))
  if (!accepted) return { failure: await failureOf(store, run, { step: 'Accept', table, item: 0 }) }
  const items = await Promise.all(
    (plan.tables[table]?.items ?? []).map((_, item) =>
      findRecord<CleanRecord>(store, keys.cleanDone(run, table, item)),
    ),
  )
  const dedupes = await Promise.all(
    Array.from({ length: lastItemOf(accepted.units) + 1 }, (_, item) =>
      findRecord<DedupeRecord>(store, keys.dedupeDone(run, table, item)),
    ),
  )
  const failed = dedupes.indexOf(undefined)
  if (failed >= 0) return { failure: await failureOf(store, run, { step: 'Dedupe', table, item: failed }), accepted }
  return {
    accepted,
    items: items.filter((record) => record !== undefined),
    units: dedupes.flatMap((record) => record?.units ?? []),
  }
}

async function failureOf(store: ObjectStore, run: string, call: { step: TableStep; table: string; item: number }) {
  return describeFailure(call.step, call.table, await findFailure(store, run, call))
}

export const describeFailure = (step: TableStep, table: string, failure: Failure): TableFailure => ({
  step,
  name: failure.name,
  message: explain(failure, { step, of: table }),
})

/** One sentence: which step failed for which table, and why. */
export const describeTableFailure = (table: string, { step, message }: TableFailure): string =>
  `${step} of ${table}: ${message}`
