import type { Fault } from '../emulator/fault-proxy.ts'

/** A statement that holds the text is run to its end, and is told to have failed: its files stay where they are. */
export function failedAfterwards(text: string): Fault & { query?: string } {
  const fault: Fault & { query?: string } = async ({ action, input }, ask) => {
    if (action === 'StartQueryExecution' && fault.query === undefined && String(input.QueryString).includes(text)) {
      const answer = await ask()
      fault.query = String(answer.body.QueryExecutionId)
      return answer
    }
    if (action !== 'GetQueryExecution' || input.QueryExecutionId !== fault.query) return undefined
    const answer = await ask()
    const { Status } = answer.body.QueryExecution as { Status: Record<string, unknown> }
    if (Status.State !== 'SUCCEEDED') return answer
    Status.State = 'FAILED'
    Status.StateChangeReason = 'INTERNAL_ERROR_QUERY_ENGINE'
    Status.AthenaError = { ErrorCategory: 1, ErrorType: 0, Retryable: true, ErrorMessage: 'on purpose' }
    return answer
  }
  return fault
}
