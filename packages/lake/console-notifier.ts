import { stripVTControlCharacters } from 'node:util'
import type { Alert, Notifier } from './notifier.ts'

/**
 * Alerts as text: a line with severity, dataset and subject, then the text, indented. One call of `write` for each line,
 * without its end of line.
 */
export function consoleNotifier(write: (line: string) => void, options: { color?: boolean } = {}): Notifier {
  const color = options.color ?? true
  return {
    async notify({ subject, text, attributes }) {
      const { mark, sgr } = looks[attributes.severity]
      const head = `${mark} ${attributes.dataset}`
      write(`${color ? `\u001b[${sgr}m${head}\u001b[0m` : head}: ${readable(subject)}`)
      for (const line of text.split(/\r?\n/)) if (line.trim() !== '') write(`  ${readable(line)}`)
    },
  }
}

const looks: Record<Alert['attributes']['severity'], { mark: string; sgr: number }> = {
  info: { mark: 'info', sgr: 36 },
  warning: { mark: 'warning', sgr: 33 },
  error: { mark: 'error', sgr: 31 },
}

/** File names and columns come from outside: nothing in them may steer the terminal. */
const readable = (line: string) => stripVTControlCharacters(line).replace(/\p{Cc}/gu, ' ')
