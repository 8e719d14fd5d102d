import { resolve } from 'node:path'
import { UsageError } from '@droplake/local/usage-error'
import { wholeNumber } from './arguments.ts'
import type { Environment } from './config.ts'
import { type Interrupts, listenForInterrupts } from './interrupts.ts'
import type { Terminal } from './terminal.ts'

/** What one call of the command knows: its global options, the terminal, and whether it was interrupted. */
export interface Session {
  /** Absolute. */
  lakeFolder: string
  /** A deployed stage that is meant in place of the folder. */
  stage: StageName | undefined
  dataset: string | undefined
  json: boolean
  quiet: boolean
  debug: boolean
  workers: number | undefined
  terminal: Terminal
  interrupts: Interrupts
  /** A command to go on with, as it would be typed here. */
  hint(command: string): string
  /** The answer: as JSON when asked for, else as `human` puts it. */
  answer(value: unknown, human: () => string): void
  /** Standard error, unless `--quiet`. */
  note(line: string): void
}

export interface StageName {
  name: string
  /** DROPLAKE_OUTPUTS */
  outputs?: string
}

const defaultLake = './lake'

export interface GlobalArgs {
  lake?: string | undefined
  stage?: string | undefined
  dataset?: string | undefined
  json?: boolean | undefined
  quiet?: boolean | undefined
  debug?: boolean | undefined
  workers?: string | undefined
}

export function openSession(args: GlobalArgs, environment: Environment, terminal: Terminal): Session {
  const { dataset, stage, json = false, quiet = false, debug = false } = args
  if (stage !== undefined && args.lake !== undefined)
    throw new UsageError(`--stage ${stage} and --lake ${args.lake} contradict each other; leave one out`)
  const lake = args.lake ?? environment.lake ?? defaultLake
  const note = (line: string) => {
    if (!quiet) terminal.note(line)
  }
  const at =
    stage !== undefined
      ? ` --stage ${shellWord(stage)}`
      : args.lake !== undefined
        ? ` --lake ${shellWord(args.lake)}`
        : ''
  return {
    lakeFolder: resolve(lake),
    stage:
      stage === undefined
        ? undefined
        : { name: stage, ...(environment.outputs === undefined ? {} : { outputs: environment.outputs }) },
    dataset,
    json,
    quiet,
    debug,
    workers: wholeNumber('workers', args.workers, { max: 256 }),
    terminal,
    interrupts: listenForInterrupts((message) => terminal.note(message)),
    hint: (words) => `npx droplake ${words}${at}`,
    answer: (value, human) => terminal.out(json ? JSON.stringify(value, null, 2) : human()),
    note,
  }
}

const shellWord = (word: string) => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
