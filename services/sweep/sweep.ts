import type { ListedObject } from '@droplake/lake/object-store'
import { begin } from '@droplake/pipeline/begin'
import type { With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { append, holding, readState } from '@droplake/pipeline/log'
import type { Plan } from '@droplake/pipeline/plan'
import { findRecord } from '@droplake/pipeline/records'
import { reportDead } from '@droplake/pipeline/report-dead'
import { runId } from '@droplake/pipeline/run-id'
import { filesOf, reachableStates } from './reachable.ts'

export interface SweepInput {
  dataset: string
  execution: string
  /** ISO 8601 */
  startedAt: string
  /** Log entries whose files stay. */
  keep?: number
  /** Milliseconds that a file stays after it was superseded; longer than any query runs. */
  graceMs: number
}

export type Swept =
  | { dataset: string; deleted: number; bytes: number; kept: number }
  | { dataset: string; heldBy: string }

/**
 * Deletes what no reader can reach any more; the only one that deletes. It holds the dataset while it does, which fences
 * every older plan, so nothing that it looks at can come to be needed.
 */
export async function sweep(fx: With<'catalog' | 'executions' | 'models'>, input: SweepInput): Promise<Swept> {
  const { dataset, keep = 10, graceMs } = input
  const before = await readState(fx.store, dataset)
  if (before.seq === 0) return { dataset, deleted: 0, bytes: 0, kept: 0 }
  const run = runId(input, dataset)
  const holder = fx.executions.holder(input.execution)
  const held = await begin(fx, dataset, { run, holder, purpose: 'sweep' })
  if (!held.begun) return { dataset, heldBy: held.heldBy }
  await reportDead(fx, held.state)

  const since = fx.clock.now() - graceMs
  const needed = new Set<string>()
  const versions = new Set<string>()
  for await (const state of reachableStates(fx.store, held.state, { keep, since })) {
    for (const key of filesOf(state)) needed.add(key)
    for (const { table } of Object.values(state.models)) versions.add(table)
  }
  const shown = await fx.catalog.show(dataset)
  const tables = shown?.tables ?? []
  const viewed = new Set(shown?.views.map(({ target }) => `${target.database}.${target.name}`))
  for (const { database, name, partitions } of tables)
    if (!database.endsWith('_build') || viewed.has(`${database}.${name}`))
      for (const { files } of partitions) for (const file of files) needed.add(file)

  const swept = { dataset, deleted: 0, bytes: 0, kept: 0 }
  const garbage: string[] = []
  const consider = (info: ListedObject, wanted: boolean) => {
    if (wanted || info.lastModified >= since) {
      swept.kept++
      return
    }
    garbage.push(info.key)
    swept.bytes += info.size
  }
  for (const zone of ['cleaned', 'enriched', 'curated'])
    for await (const info of fx.store.list(`${zone}/${dataset}/`)) consider(info, needed.has(info.key))
  const datasetOf = new Map<string, string | undefined>()
  for await (const info of fx.store.list('ops/runs/')) {
    if (!info.key.endsWith('.parquet')) continue
    const of = info.key.split('/')[2] ?? ''
    if (!datasetOf.has(of)) datasetOf.set(of, (await findRecord<Plan>(fx.store, keys.plan(of)))?.dataset)
    if (datasetOf.get(of) === dataset) consider(info, false)
  }
  // Still holding: no run began since the listing, and a later one never comes to need what none needs now.
  await holding(fx.store, dataset, run)
  await fx.catalog.prune(dataset, { keep: versions, before: since })
  await fx.store.delete(garbage)
  swept.deleted = garbage.length
  await append(fx, held.state, { kind: 'end', run, status: 'empty' })
  return swept
}
