import { createHash } from 'node:crypto'

/**
 * Sorts by time; the same for every attempt of one execution, so that a retried step finds the run that it began.
 * `startedAt`: ISO 8601.
 */
export function runId({ execution, startedAt }: { execution: string; startedAt: string }, dataset: string): string {
  const time = new Date(startedAt).toISOString().replace(/[-:.]/g, '')
  return `${time}-${createHash('sha256').update(`${execution}\0${dataset}`).digest('hex').slice(0, 8)}`
}
