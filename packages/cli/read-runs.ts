import { didYouMean } from '@droplake/contracts/did-you-mean'
import { newestEntries } from '@droplake/local/newest-entries'
import { UsageError } from '@droplake/local/usage-error'
import { keys } from '@droplake/pipeline/keys'
import type { RunStatus, StoredEntry } from '@droplake/pipeline/lake-state'
import type { Place } from '@droplake/pipeline/place'
import { findIntact } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'

export interface RunSummary {
  runId: string
  dataset: string
  /** `running`, and `died` of one that never ended; else as it ended. */
  status: RunStatus | 'running' | 'died'
  startedAt: string
  finishedAt: string | null
  durationMs: number | null
  rowsIn: number
  kept: number
}

type LoggedRun = Omit<RunSummary, 'rowsIn' | 'kept'>

/** The newest pipeline runs of a dataset from its log, newest first, at most `limit`. */
export async function readRuns({ fx }: Pick<Place, 'fx'>, dataset: string, limit: number): Promise<LoggedRun[]> {
  const ended = new Map<string, Extract<StoredEntry, { kind: 'end' }>>()
  const runs: LoggedRun[] = []
  // Whoever begins has seen that the run before is over, or took the dataset from it.
  let isNewest = true
  for await (const entry of newestEntries(fx.store, dataset)) {
    if (runs.length === limit) break
    if (entry.kind === 'end') ended.set(entry.run, entry)
    if (entry.kind !== 'begin') continue
    if (entry.purpose === 'pipeline') {
      const end = ended.get(entry.run)
      const isRunning = !end && isNewest && (await fx.executions.alive(entry.holder))
      runs.push({
        runId: entry.run,
        dataset,
        status: end?.status ?? (isRunning ? 'running' : 'died'),
        startedAt: new Date(entry.at).toISOString(),
        finishedAt: end ? new Date(end.at).toISOString() : null,
        durationMs: end ? end.at - entry.at : null,
      })
    }
    isNewest = false
  }
  return runs
}

/** The runs with the sums of their reports. */
export function withSums(place: Place, runs: readonly LoggedRun[]): Promise<RunSummary[]> {
  return Promise.all(
    runs.map(async (run) => {
      const tables = Object.values((await findIntact<Report>(place.fx.store, keys.report(run.runId)))?.tables ?? {})
      return {
        ...run,
        rowsIn: tables.reduce((sum, table) => sum + table.rowsIn, 0),
        kept: tables.reduce((sum, table) => sum + table.kept, 0),
      }
    }),
  )
}

const newestRuns = 50

/** The dataset of a run; `UsageError` names the run that is meant when there is none of that id. */
export async function existingRun(place: Pick<Place, 'fx'>, datasets: readonly string[], run: string): Promise<string> {
  // Anything else could not name an object.
  const report = /^[\w-]+$/.test(run) ? await findIntact<Report>(place.fx.store, keys.report(run)) : undefined
  if (report) return report.dataset
  const known = await Promise.all(datasets.map((dataset) => readRuns(place, dataset, newestRuns)))
  const runs = known.flat().sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  const found = runs.find(({ runId }) => runId === run)
  if (found) return found.dataset
  const guess = didYouMean(
    run,
    runs.map(({ runId }) => runId),
    ';',
  )
  throw new UsageError(`no run ${JSON.stringify(run)}${guess} droplake runs lists the runs there are`)
}
