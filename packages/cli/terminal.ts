import { stripVTControlCharacters } from 'node:util'
import { createStyle, type Style } from './style.ts'
import { clip } from './text.ts'

/**
 * Standard output for results, standard error for everything else. On an interactive terminal a block of lines stays at
 * the bottom of standard error and is rewritten in place; whatever is printed meanwhile goes above it.
 */
export interface Terminal {
  /** Of results, on standard output. */
  style: Style
  /** Of notes, on standard error. */
  noteStyle: Style
  /** Whether a block can be shown. */
  interactive: boolean
  /** A result. */
  out(text: string): void
  /** A line on standard error. */
  note(line: string): void
  /** Shows these lines at the bottom in place of the ones before; none takes the block away. */
  block(lines: readonly string[]): void
  /** Resolves when everything was handed to the system. */
  flush(): Promise<void>
}

export interface TerminalOptions {
  color: boolean
  canRewrite: boolean
  stdout?: NodeJS.WriteStream
  stderr?: NodeJS.WriteStream
}

export function createTerminal(options: TerminalOptions): Terminal {
  const { color, canRewrite, stdout = process.stdout, stderr = process.stderr } = options
  const interactive = canRewrite && stderr.isTTY === true
  // A reader that has seen enough, as `head` has, is no failure.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  let shown: string[] = []
  const up = () => (shown.length > 0 ? `\u001b[${shown.length}A\r` : '')
  const draw = (lines: readonly string[]) => lines.map((line) => `\u001b[2K${line}\n`).join('')

  const above = (write: () => void) => {
    if (shown.length > 0) stderr.write(`${up()}\u001b[J`)
    write()
    if (shown.length > 0) stderr.write(draw(shown))
  }
  const fit = (lines: readonly string[]) => {
    const width = (stderr.columns ?? 80) - 1
    const height = Math.max(1, (stderr.rows ?? 24) - 2)
    return lines
      .slice(0, height)
      .map((line) =>
        stripVTControlCharacters(line).length <= width ? line : clip(stripVTControlCharacters(line), width),
      )
  }

  return {
    style: createStyle(color && stdout.isTTY === true),
    noteStyle: createStyle(color && stderr.isTTY === true),
    interactive,
    out: (text) => above(() => stdout.write(text.endsWith('\n') ? text : `${text}\n`)),
    note: (line) => above(() => stderr.write(`${line}\n`)),
    block(lines) {
      if (!interactive) return
      const next = fit(lines)
      // One write, so that the terminal never shows a half of it.
      stderr.write(`${up()}${draw(next)}\u001b[J`)
      shown = next
    },
    async flush() {
      for (const stream of [stdout, stderr])
        if (!stream.destroyed) await new Promise<void>((done) => stream.write('', () => done()))
    },
  }
}
