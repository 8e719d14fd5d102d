/** What the user asked for cannot be meant: exit code 2. The message says what can. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
