/** Names under which a step ends that could not say anything itself: AWS stopped it. */
const losses: [RegExp, string][] = [
  [/^(Sandbox\.Timedout|States\.Timeout)$/, 'ran out of time'],
  [/^(Runtime\.ExitError|Runtime\.OutOfMemory|Lambda\.Unknown)$/, 'died, most likely out of memory'],
]

/** What to tell of a chunk whose service was stopped from outside: which file, and what to change. */
export function explainLoss(error: string, key: string): string {
  const how = losses.find(([pattern]) => pattern.test(error))?.[1]
  if (!how) return error
  return `${key}: the service that read it ${how} (${error}); give clean and index more memory in the stage's settings, or split the file`
}
