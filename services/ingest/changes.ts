import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { type LakeState, rowsOf, type TableChange } from '@droplake/pipeline/lake-state'
import type { Plan } from '@droplake/pipeline/plan'
import type { AcceptRecord, IngestRecord } from '@droplake/pipeline/step-records'
import { tableChange } from '@droplake/pipeline/table-change'
import { readTableRecords, type TableFailure, type TableRecords } from '@droplake/pipeline/table-records'
import { checkSums, SumMismatch } from './check-sums.ts'
import { checkEnriched, readEnrichment } from './read-enrichment.ts'

/** What a run commits: the changes of tables that every step did for, and which were left as they were. */
export interface Changes extends IngestRecord {
  tables: Record<string, TableChange>
  enriched: Record<string, TableChange>
  /** The records of tables whose sources are decided. */
  taken: Record<string, TableRecords>
  /** Accept's decisions of tables that a later step failed for. */
  accepted: Record<string, AcceptRecord>
}

export async function readChanges(fx: DataEffects, of: RunInput & { plan: Plan; state: LakeState }): Promise<Changes> {
  const { dataset, plan, state } = of
  const changes: Changes = { tables: {}, enriched: {}, taken: {}, accepted: {}, failed: {}, behind: [] }
  for (const name of Object.keys(plan.tables)) {
    const records = await readTableRecords(fx.store, plan, name)
    if ('failure' in records) {
      changes.failed[name] = records.failure
      if (records.accepted) changes.accepted[name] = records.accepted
      continue
    }
    const before = state.tables[name]
    const change = tableChange(tableOf(fx, dataset, name), { plan, before, records })
    const failure = change && sumsFail(() => checkSums(name, change.counts, rowsOf(before)))
    if (failure) leaveOut(changes, name, failure, records.accepted)
    else changes.taken[name] = records
    if (change && !failure) changes.tables[name] = change
  }
  await addEnrichment(fx, of, changes)
  return changes
}

/**
 * The enriched tables. One that fails takes its cleaned table with it, so that both stay alike; where only rows that it
 * looks up have changed, it is left behind. What read the rows of a table that is left out is left out as well.
 */
async function addEnrichment(
  fx: DataEffects,
  { dataset, run, state }: RunInput & { state: LakeState },
  changes: Changes,
): Promise<void> {
  const { changes: made, failed, reads } = await readEnrichment(fx, { dataset, run, state })
  const out = new Map(Object.entries(changes.failed).filter(([, { step }]) => step === 'Ingest'))
  /** Tables of which Enrich read changed rows. */
  const changed = new Set([...Object.keys(changes.tables), ...out.keys()])
  for (const [name, change] of Object.entries(made)) {
    const failure =
      failed[name] ?? sumsFail(() => checkEnriched(state, { name, change, cleaned: changes.tables[name] }))
    if (failure && !out.has(name)) out.set(name, failure)
  }
  for (let size = -1; size !== out.size; ) {
    size = out.size
    for (const [name, others] of Object.entries(reads)) {
      const cause = others.find((other) => out.has(other) && changed.has(other))
      const message = `it looks up ${cause}, which was left out`
      if (cause && !out.has(name)) out.set(name, { step: 'Enrich', name: 'DataDependency', message })
    }
  }
  for (const [name, failure] of out) {
    const records = changes.tables[name] && changes.taken[name]
    if (records) leaveOut(changes, name, failure, records.accepted)
    changes.failed[name] = failure
    delete changes.tables[name]
    delete made[name]
  }
  changes.enriched = made
  for (const { name, enrich } of Object.values(datasetOf(fx, dataset).tables))
    if (enrich && !made[name] && enrich.lookups.some(({ table }) => changes.tables[table])) changes.behind.push(name)
}

function leaveOut(changes: Changes, name: string, failure: TableFailure, accepted: AcceptRecord): void {
  changes.failed[name] = failure
  changes.accepted[name] = accepted
  delete changes.taken[name]
}

function sumsFail(check: () => void): TableFailure | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof SumMismatch) return { step: 'Ingest', name: error.name, message: error.message }
    throw error
  }
}
