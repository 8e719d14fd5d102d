import type { RuleResult } from '@droplake/models/checks'
import type { RunStatus, SourceOutcome, TableCounts } from './lake-state.ts'

/** What a run did, for people and scripts: `ops/runs/<run>/report.json`. */
export interface Report {
  runId: string
  dataset: string
  status: RunStatus
  /** ISO 8601 */
  startedAt: string
  finishedAt: string
  durationMs: number
  sources: {
    /** Of the object; of a member of an archive with its path after it: `raw/olist/archive.zip/orders.csv`. */
    key: string
    table: string
    bytes: number
    rowsIn: number
    outcome: SourceOutcome | 'deferred'
    error?: string
    warnings?: string[]
  }[]
  tables: Record<string, TableCounts>
  quality: RuleResult[]
  models: Record<string, { status: ModelStatus; rows: number; error?: string }>
  /** Object-store traffic of Index, Clean and Dedupe; the query engine's own is not in it. */
  io: { bytesIn: number; bytesRead: number; bytesWritten: number; requests: number }
  /** What ended a failed run, and what mends it. */
  error?: string
}

export type ModelStatus = 'published' | 'unchanged' | 'held' | 'failed'

/** What came of a run, in a word or two for people. */
export function headline({ status, sources = [] }: Pick<Report, 'status'> & Partial<Pick<Report, 'sources'>>): string {
  if (status !== 'empty') return status
  const has = (outcome: string) => sources.some((source) => source.outcome === outcome)
  return has('set_aside') ? 'set aside' : has('deferred') ? 'waiting' : 'nothing new'
}
