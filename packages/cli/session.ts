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
  if (args.stage !== undefined)
    throw new UsageError(
      `--stage works on no deployed stage yet, got ${args.stage}; leave it out to work on the local lake`,
    )
  const { dataset, json = false, quiet = false, debug = false } = args
  const lake = args.lake ?? environment.lake ?? defaultLake
  const note = (line: string) => {
    if (!quiet) terminal.note(line)
  }
  return {
    lakeFolder: resolve(lake),
    dataset,
    json,
    quiet,
    debug,
    workers: wholeNumber('workers', args.workers, { max: 256 }),
    terminal,
    interrupts: listenForInterrupts((message) => terminal.note(message)),
    hint: (words) => `npx droplake ${words}${args.lake === undefined ? '' : ` --lake ${shellWord(args.lake)}`}`,
    answer: (value, human) => terminal.out(json ? JSON.stringify(value, null, 2) : human()),
    note,
  }
}

const shellWord = (word: string) => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
