/** What the environment says; nothing else in the command reads it. */
export interface Environment {
  /** DROPLAKE_LAKE */
  lake?: string
  /** DROPLAKE_OUTPUTS: a stage's outputs in place of the nearest .sst/outputs.json. */
  outputs?: string
  /** NO_COLOR is set to anything, or the terminal is a dumb one. */
  noColor: boolean
  /** The terminal can move its cursor. */
  canRewrite: boolean
}

export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const dumb = env.TERM === 'dumb'
  return {
    ...(env.DROPLAKE_LAKE ? { lake: env.DROPLAKE_LAKE } : {}),
    ...(env.DROPLAKE_OUTPUTS ? { outputs: env.DROPLAKE_OUTPUTS } : {}),
    noColor: dumb || (env.NO_COLOR ?? '') !== '',
    canRewrite: !dumb && !env.CI,
  }
}
