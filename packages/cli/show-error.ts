import { WrongFormat } from '@droplake/lake/format'
import { QueryFailed } from '@droplake/lake/query-engine'
import { UsageError } from '@droplake/local/usage-error'
import { DamagedObject } from '@droplake/pipeline/records'
import { StageError } from '@droplake/stage/explain-error'
import { NoStage } from '@droplake/stage/outputs'
import { type ExitCode, exit } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'
import { clip, readable } from './text.ts'

const mostLength = 2000

/** Prints an error as one or two lines (with its stack where `debug` is set) and tells the exit code. */
export function showError(terminal: Terminal, error: unknown, debug: boolean): ExitCode {
  const { code, lines } = describeError(error)
  const [first = '', ...rest] = lines.map((line) => clip(readable(line), mostLength))
  terminal.note(`${terminal.noteStyle.red('droplake:')} ${first}`)
  for (const line of rest) terminal.note(`  ${line}`)
  if (debug && error instanceof Error) {
    terminal.note(error.stack ?? '')
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) terminal.note(`cause: ${cause.stack}`)
  }
  return code
}

function describeError(error: unknown): { code: ExitCode; lines: string[] } {
  const message = error instanceof Error ? error.message : String(error)
  const lines = message.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (error instanceof UsageError) return { code: exit.usage, lines: lines.slice(0, 2) }
  if (error instanceof QueryFailed)
    return { code: error.kind === 'user' ? exit.usage : exit.failed, lines: lines.slice(0, 2) }
  if (error instanceof WrongFormat || error instanceof DamagedObject)
    return { code: exit.failed, lines: lines.slice(0, 1) }
  if (error instanceof NoStage) return { code: exit.failed, lines: lines.slice(0, 1) }
  if (error instanceof StageError) return { code: exit.failed, lines: [...lines.slice(0, 1), error.mend] }
  const mend = mends[(error as NodeJS.ErrnoException | null)?.code ?? '']
  if (mend) return { code: exit.failed, lines: [...lines.slice(0, 1), mend] }
  return {
    code: exit.failed,
    lines: [...lines.slice(0, 1), 'droplake doctor looks for a cause; --debug shows where it happened'],
  }
}

/** What to do about the system's own errors. */
const mends: Record<string, string> = {
  EACCES: 'let this user read and write there, or name another folder with --lake DIR',
  EPERM: 'let this user read and write there, or name another folder with --lake DIR',
  EROFS: 'that file system is read-only; name another folder with --lake DIR',
  ENOSPC: 'the disk is full; free some space (droplake sweep may) and run droplake run',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENOTDIR: 'a part of that path is a file; name a folder',
}
