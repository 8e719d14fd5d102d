/**
 * Says first what an AWS client was doing when its request failed. The error's name stays: the state machine and callers tell
 * errors by their names. Errors of other kinds are given back as they are.
 */
export function about(error: unknown, what: string): unknown {
  if (!(error instanceof Error && '$metadata' in error)) return error
  const { httpStatusCode: status } = error.$metadata as { httpStatusCode?: number }
  // An answer to HEAD has no body that could name it.
  if (status === 403 && /^(Unknown|UnknownError|403)$/.test(error.name)) error.name = 'AccessDenied'
  error.message = `${what}: ${error.name}${status ? ` (HTTP ${status})` : ''}: ${error.message}`
  return error
}
