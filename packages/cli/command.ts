import type { ArgsDef, CommandDef, ParsedArgs } from 'citty'
import type { ExitCode } from './exit-codes.ts'
import type { Session } from './session.ts'

/** Options that every command takes. */
export const globalOptions = {
  lake: { type: 'string', valueHint: 'DIR', description: 'the folder of the lake; default DROPLAKE_LAKE, else ./lake' },
  stage: { type: 'string', valueHint: 'NAME', description: 'a deployed stage in place of the folder' },
  dataset: { type: 'string', valueHint: 'NAME', description: 'the dataset that is meant' },
  json: { type: 'boolean', description: 'one JSON document on standard output, and nothing else there' },
  quiet: { type: 'boolean', description: 'no progress and no hints' },
  color: { type: 'boolean', default: true, negativeDescription: 'plain text; so does NO_COLOR' },
  debug: { type: 'boolean', description: 'errors with their stack traces' },
  workers: { type: 'string', valueHint: 'N', description: 'threads that move rows, 0 for none; default one a core' },
} satisfies ArgsDef

export interface Meta {
  /** Without `droplake`: `runs show`. */
  name: string
  description: string
  /** What follows the name. */
  usage?: string
  examples: readonly string[]
  /** It works on a deployed stage as well, with `--stage`. */
  onStage?: boolean
}

interface Spec<A extends ArgsDef> extends Meta {
  args?: A
  /** Most positional arguments; default those of `args`. */
  positionals?: number
  run(session: Session, args: ParsedArgs<A>): Promise<ExitCode>
}

/** What help and the argument check need to know of a command. */
export type Command = Omit<CommandDef, 'args' | 'meta'> & {
  meta: Meta
  args: ArgsDef
  /** Without those of every command. */
  own: ArgsDef
  positionals?: number
}

/** A command that does something. The session comes as citty's data. */
export function command<const A extends ArgsDef>(spec: Spec<A>): Command {
  const { name, description, usage, examples, onStage = false, args, positionals, run } = spec
  const meta = { name, description, examples, onStage, ...(usage ? { usage } : {}) }
  const own: ArgsDef = args ?? {}
  return {
    meta,
    own,
    args: { ...own, ...globalOptions } as ArgsDef,
    ...(positionals === undefined ? {} : { positionals }),
    run: (context) => run(context.data as Session, context.args as unknown as ParsedArgs<A>),
  }
}

type Load = () => Promise<{ default: Command }>

/** A command of commands. `otherwise` is the one that is meant when none is named. */
export function group(
  spec: Meta & { commands: Record<string, { about: string; load: Load }>; otherwise?: string },
): Command & { about: Record<string, string> } {
  const { name, description, usage, examples, commands, otherwise } = spec
  const meta = { name, description, examples, ...(usage ? { usage } : {}) }
  const loaders = Object.entries(commands).map(
    ([each, { load }]) => [each, async () => (await load()).default] as const,
  )
  return {
    meta,
    own: {},
    args: globalOptions as ArgsDef,
    subCommands: Object.fromEntries(loaders) as NonNullable<CommandDef['subCommands']>,
    about: Object.fromEntries(Object.entries(commands).map(([each, { about }]) => [each, about])),
    ...(otherwise ? { default: otherwise } : {}),
  }
}
