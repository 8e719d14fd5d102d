/** What scripts may rely on. */
export const exit = {
  /** Everything asked for happened; rejected rows are no failure. */
  done: 0,
  /** A run failed or was held, a source was set aside, or something else that was asked for did not happen. */
  failed: 1,
  usage: 2,
  interrupted: 130,
} as const
export type ExitCode = (typeof exit)[keyof typeof exit]
