/** A system error says what it is in its `code`, EACCES; the state machine looks at names alone. */
export function nameByCode(error: unknown): unknown {
  if (error instanceof Error && error.name === 'Error' && 'code' in error && typeof error.code === 'string')
    error.name = error.code
  return error
}
