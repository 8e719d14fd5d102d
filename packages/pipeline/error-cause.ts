/** What a task's cause says: Lambda and Athena give JSON, other services plain text. */
export function messageOf(cause = ''): string {
  try {
    const { errorMessage, QueryExecution } = JSON.parse(cause) as {
      errorMessage?: unknown
      QueryExecution?: { Status?: { StateChangeReason?: unknown } }
    }
    return String(errorMessage ?? QueryExecution?.Status?.StateChangeReason ?? cause)
  } catch {
    return cause
  }
}
