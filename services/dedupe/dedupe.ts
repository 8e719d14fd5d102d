import { partitionFolder } from '@droplake/contracts/partition'
import { type DataEffects, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { counted, noIo } from '@droplake/pipeline/io'
import { keys } from '@droplake/pipeline/keys'
import { cleanedLayout } from '@droplake/pipeline/layouts'
import { holding } from '@droplake/pipeline/log'
import type { Plan } from '@droplake/pipeline/plan'
import { findRecord, once, readRecord } from '@droplake/pipeline/records'
import { stagedColumns } from '@droplake/pipeline/staged'
import {
  type AcceptRecord,
  type CleanRecord,
  type DedupedUnit,
  type DedupeRecord,
  type DedupeUnit,
  shareOf,
} from '@droplake/pipeline/step-records'
import { keyConflicts } from './key-conflicts.ts'
import { loadUnit, type TableWork } from './load.ts'
import { staged, stored, winners } from './winners.ts'
import { writeVersion } from './write-version.ts'

export interface DedupeInput extends RunInput {
  table: string
  /** Item of the Map; it does its share of the units. */
  unit: number
}

/** New rows against each other and against what is stored, for one bucket of one partition at a time. */
export async function dedupe(fx: DataEffects, input: DedupeInput): Promise<{ unit: number }> {
  const { dataset, run, table: name, unit: item } = input
  const state = await holding(fx.store, dataset, run)
  await once<DedupeRecord>(fx.store, keys.dedupeDone(run, name, item), async () => {
    const io = noIo()
    const store = counted(fx.store, io)
    const plan = await readRecord<Plan>(store, keys.plan(run))
    const accepted = await readRecord<AcceptRecord>(store, keys.accept(run, name))
    const found = await Promise.all(
      (plan.tables[name]?.items ?? []).map((_, n) => findRecord<CleanRecord>(store, keys.cleanDone(run, name, n))),
    )
    const items = found.filter((record) => record !== undefined)
    const table = tableOf(fx, dataset, name)
    const work: TableWork = {
      store,
      table,
      plan,
      state: state.tables[name],
      layout: cleanedLayout(table, state.tables[name]),
      accepted,
      items,
    }
    const units: DedupedUnit[] = []
    for (const unit of shareOf(accepted.units, item)) units.push(await dedupeUnit(work, unit))
    return { units, io }
  })
  return { unit: item }
}

async function dedupeUnit(work: TableWork, unit: DedupeUnit): Promise<DedupedUnit> {
  const { table, plan } = work
  const loaded = await loadUnit(work, unit)
  const beatenBy = new Int32Array(loaded.rows.hash.length).fill(-1)
  const alive = winners(loaded.rows, table.dedupe, beatenBy)
  const conflicts = keyConflicts(table, loaded, beatenBy)
  const repairedAt = Object.keys(stagedColumns(table)).indexOf('_repaired')
  const counts = {
    ...{ kept: 0, duplicate: 0, repaired: 0, replaced: 0 },
    ...(Object.keys(conflicts).length > 0 ? { conflicts } : {}),
  }
  let fresh = 0
  for (let i = 0; i < alive.length; i++) {
    if (loaded.rows.origin[i] === stored && !alive[i]) counts.replaced++
    if (loaded.rows.origin[i] !== staged) continue
    const at = fresh++
    if (!alive[i]) counts.duplicate++
    else {
      counts.kept++
      if (loaded.fresh[repairedAt]?.[at] === true) counts.repaired++
    }
  }
  const version = work.state?.partitions[unit.partition]
  const sameBuckets = version === undefined || version.buckets === unit.buckets
  // With several buckets their new hashes may have moved rows from one to another.
  const moved = loaded.as?.rehash !== undefined && unit.buckets > 1
  const changed = counts.kept > 0 || counts.replaced > 0 || !sameBuckets || moved
  // Another bucket may change, and a version's files all lie in one folder: then these are copied into it.
  if (!changed && unit.buckets === 1) return { unit, changed, files: loaded.files.map(({ file }) => file), ...counts }
  const partition = partitionFolder(table.partition, unit.partition)
  const location = keys.version('cleaned', { dataset: table.dataset, table: table.name, partition, run: plan.run })
  const files = await writeVersion(work, { unit, loaded, alive, location, run: plan.run })
  return { unit, changed, files, ...counts }
}
