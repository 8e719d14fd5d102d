import type { Lake } from '@droplake/local/lake'
import { findReport } from '@droplake/local/reports'
import { UsageError } from '@droplake/local/usage-error'
import type { RunStatus } from '@droplake/pipeline/lake-state'
import { entries } from '@droplake/pipeline/log'

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

/** Every pipeline run of a dataset from its log, oldest first, with the sums of its report. */
export async function readRuns(lake: Lake, dataset: string): Promise<RunSummary[]> {
  const { store, executions } = lake.fx
  const runs = new Map<string, { startedAt: number; ended?: { at: number; status: RunStatus }; alive: boolean }>()
  for await (const entry of entries(store, dataset)) {
    if (entry.kind === 'begin' && entry.purpose === 'pipeline') {
      // Whoever begins has seen that the run before is over, or took the dataset from it.
      for (const run of runs.values()) run.alive = false
      runs.set(entry.run, { startedAt: entry.at, alive: await executions.alive(entry.holder) })
    }
    const run = runs.get(entry.run)
    if (entry.kind === 'end' && run) run.ended = { at: entry.at, status: entry.status }
  }
  return Promise.all(
    [...runs].map(async ([runId, { startedAt, ended, alive }]) => {
      const tables = Object.values((await findReport(lake, runId))?.tables ?? {})
      return {
        runId,
        dataset,
        status: ended?.status ?? (alive ? 'running' : 'died'),
        startedAt: new Date(startedAt).toISOString(),
        finishedAt: ended ? new Date(ended.at).toISOString() : null,
        durationMs: ended ? ended.at - startedAt : null,
        rowsIn: tables.reduce((sum, table) => sum + table.rowsIn, 0),
        kept: tables.reduce((sum, table) => sum + table.kept, 0),
      }
    }),
  )
}

/** A run's id as the pipeline writes it; anything else could not name an object. */
export function checkRun(text: string): string {
  if (/^[\w-]+$/.test(text)) return text
  throw new UsageError(`${JSON.stringify(text)} is no run; droplake runs lists the runs there are`)
}
