/** The message in a task's cause: Lambda gives JSON, other services plain text. */
export function messageOf(cause = ''): string {
  try {
    return String((JSON.parse(cause) as { errorMessage?: unknown }).errorMessage ?? cause)
  } catch {
    return cause
  }
}
