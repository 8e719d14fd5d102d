import { createHash } from 'node:crypto'

/**
 * Sorts by time; the same for every attempt of one execution, so that a retried step finds the run that it began.
 * `startedAt`: ISO 8601.
 */
export function runId({ execution, startedAt }: { execution: string; startedAt: string }, dataset: string): string {
  const time = new Date(startedAt).toISOString().replace(/[-:.]/g, '')
  return `${time}-${createHash('sha256').update(`${execution}\0${dataset}`).digest('hex').slice(0, 8)}`
}

/** When the execution of a run began, by its id; undefined for what is no id of a run. */
export function beginOf(run: string): number | undefined {
  const [, ...parts] = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z-/.exec(run) ?? []
  if (parts.length === 0) return undefined
  const [year, month, day, hours, minutes, seconds, ms] = parts.map(Number) as [number, number, ...number[]]
  return Date.UTC(year, month - 1, day, hours, minutes, seconds, ms)
}
