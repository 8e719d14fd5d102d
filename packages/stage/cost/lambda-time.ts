import type { ServiceName } from '@droplake/pipeline/definition'
import { lambdaSizes } from '../lambda-sizes.ts'

export type BilledService = ServiceName | 'wake' | 'sweep'

/** What a service did in one call on this machine. */
export interface Call {
  service: BilledService
  /** Milliseconds of processor time, the query engine's left out: on AWS that is Athena's. */
  cpuMs: number
  /** Requests that it waited for. */
  requests: number
  queries: number
}

/**
 * What a laptop cannot measure of a Lambda: a core comes with 1,792 MB, less memory gets a share of one; a request to S3 or
 * Glue and a small query of Athena take about so long.
 */
export const assumed = { mbOfCore: 1792, requestMs: 20, queryMs: 1_500 }

/** Gigabyte-seconds that Lambda would bill for the call, its waits one after the other. */
export function gbSecondsOf({ service, cpuMs, requests, queries }: Call): number {
  const memory = lambdaSizes[service].memoryMb
  const workMs = cpuMs * Math.max(1, assumed.mbOfCore / memory)
  const waitMs = requests * assumed.requestMs + queries * assumed.queryMs
  return ((workMs + waitMs) / 1_000) * (memory / 1_024)
}
