import type { DataEffects, RunInput } from '@droplake/pipeline/effects'
import { recordFailure, type TableStep } from '@droplake/pipeline/failures'
import { type AcceptInput, accept } from './accept.ts'

/** What the state machine saw of a call that failed. */
export interface FailedCallInput extends RunInput {
  failed: TableStep
  /** Absent where the step's items are of all tables. */
  table?: string
  item?: number
  error: { Error: string; Cause?: string }
}

/**
 * The state machine's two calls: which sources of a table count, and why a call failed. A service that was stopped from
 * outside could not note that itself.
 */
export async function acceptStep(fx: DataEffects, input: AcceptInput | FailedCallInput): Promise<object> {
  if (!('failed' in input)) return accept(fx, input)
  const { run, failed: step, table, item = 0, error } = input
  await recordFailure(fx.store, run, { step, item, ...(table === undefined ? {} : { table }) }, error)
  return {}
}
