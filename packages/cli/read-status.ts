import { tableNamesOf } from '@droplake/contracts/dataset'
import { unannounced } from '@droplake/pipeline/announce'
import { type DatabaseZone, database, datasetOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { type Holder, type LakeState, type RunStatus, rowsOf, type StoredEntry } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { pendingIds } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'
import { DamagedObject, findRecord } from '@droplake/pipeline/records'
import { readable } from './text.ts'

export interface DatasetStatus {
  dataset: string
  tables: Record<
    string,
    {
      rows: number
      /** ISO 8601: when rows of the table last changed; null when it never had any. */
      latest: string | null
      /** Newest partition, where the table has partitions. */
      partition: string | null
    }
  >
  models: Record<
    string,
    {
      rows: number
      latest: string | null
      /** Since when, and to the version of which run; null where readers see the newest version. */
      rolledBack: { at: string; runId: string } | null
    }
  >
  /** Files that the log does not know, whether they were announced or not. */
  pending: number
  lastRun: { runId: string; status: RunStatus; finishedAt: string } | null
  /** The run under way, or one that died, and who runs it. */
  unfinished: { runId: string; startedAt: string; alive: boolean; holder: HolderName } | null
  /** Why the log cannot be read; the rest is then what readers see, by the catalog. */
  damaged?: string
}

/** As `readStatus`; where the log is damaged, as far as the catalog tells. */
export async function readStatusAnyway(lake: Pick<Place, 'fx'>, dataset: string): Promise<DatasetStatus> {
  try {
    return await readStatus(lake, dataset)
  } catch (error) {
    if (!(error instanceof DamagedObject)) throw error
    const { fx } = lake
    const shown = await fx.catalog.show(dataset)
    const rowsIn = (zone: DatabaseZone, name: string) =>
      shown?.tables
        .find((table) => table.database === database(fx, dataset, zone) && table.name === name)
        ?.partitions.reduce((sum, { rows }) => sum + rows, 0) ?? 0
    const tables = tableNamesOf(datasetOf(fx, dataset)).map((name) => {
      return [name, { rows: rowsIn('cleaned', name), latest: null, partition: null }] as const
    })
    const models = (shown?.views ?? []).map(({ name, target }) => {
      return [name, { rows: rowsIn('build', target.name), latest: null, rolledBack: null }] as const
    })
    const nothing = { pending: 0, lastRun: null, unfinished: null }
    return {
      dataset,
      tables: Object.fromEntries(tables),
      models: Object.fromEntries(models),
      ...nothing,
      damaged: error.message,
    }
  }
}

/** A process, or an execution on AWS. */
export type HolderName = { host: string; pid: number } | { execution: string }

/** What is true of one dataset now, from its log and its raw files. */
export async function readStatus(lake: Pick<Place, 'fx'>, dataset: string): Promise<DatasetStatus> {
  const { store, executions } = lake.fx
  const state = await readState(store, dataset)
  const times = new Map<number, Promise<string | null>>()
  const timeOf = async (seq: number) => {
    const entry = await findRecord<StoredEntry>(store, keys.logEntry(dataset, seq))
    return entry ? new Date(entry.at).toISOString() : null
  }
  const changedAt = async (seq: number | undefined) => {
    if (!seq) return null
    const time = times.get(seq) ?? timeOf(seq)
    times.set(seq, time)
    return time
  }
  const tables: DatasetStatus['tables'] = {}
  for (const name of tableNamesOf(datasetOf(lake.fx, dataset))) {
    const table = state.tables[name]
    const partition =
      Object.keys(table?.partitions ?? {})
        .sort()
        .at(-1) || null
    tables[name] = { rows: rowsOf(table), latest: await changedAt(table?.seq), partition }
  }
  const models: DatasetStatus['models'] = {}
  for (const [name, { partitions, seq, pin }] of Object.entries(state.models))
    models[name] = {
      rows: Object.values(partitions).reduce((sum, { rows }) => sum + rows, 0),
      latest: await changedAt(seq),
      rolledBack: pin ? { at: new Date(pin.at).toISOString(), runId: pin.run } : null,
    }
  const last = state.ended.findLast(({ purpose }) => purpose === 'pipeline')
  const { unfinished } = state
  return {
    dataset,
    tables,
    models,
    pending: await countPending(lake, state),
    lastRun: last ? { runId: last.run, status: last.status, finishedAt: new Date(last.at).toISOString() } : null,
    unfinished: unfinished
      ? {
          runId: unfinished.run,
          startedAt: new Date(unfinished.at).toISOString(),
          alive: await executions.alive(unfinished.holder),
          holder: nameOf(unfinished.holder),
        }
      : null,
  }
}

const nameOf = (holder: Holder): HolderName =>
  holder.kind === 'local' ? { host: holder.host, pid: holder.pid } : { execution: holder.execution }

/** Who runs a run, for people. */
export const holderText = (holder: HolderName) =>
  'pid' in holder ? `process ${holder.pid} on ${readable(holder.host)}` : `execution ${holder.execution}`

/** Sources that a run would take: those that are pending, and raw files that nobody announced or that wait for their contract. */
async function countPending({ fx }: Pick<Place, 'fx'>, { dataset, sources }: LakeState): Promise<number> {
  const pending = (await pendingIds(fx.store, dataset)).filter((id) => !sources[id])
  const { sources: found, waiting } = await unannounced(fx, dataset)
  return pending.length + found.length + new Set(waiting).size
}
