import { exit } from './exit-codes.ts'

export interface Interrupts {
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal
  /** From here on the first Ctrl-C only aborts `signal` and tells this; before, it ends the process. The second tells `atOnce`. */
  soften(message: string, atOnce?: string): void
}

/** npx passes on the signal that the terminal has sent already: two in so short a time are one Ctrl-C. */
const sameMs = 250

export function listenForInterrupts(tell: (message: string) => void): Interrupts {
  const controller = new AbortController()
  let message: string | undefined
  let stopped = ''
  let first = 0
  const onSignal = () => {
    const now = performance.now()
    if (message === undefined) process.exit(exit.interrupted)
    if (!controller.signal.aborted) {
      first = now
      controller.abort()
      tell(message)
    } else if (now - first > sameMs) {
      tell(stopped)
      process.exit(exit.interrupted)
    }
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    soften: (text, atOnce = 'stopped at once; droplake run goes on with what was begun') => {
      message = text
      stopped = atOnce
    },
  }
}

export const finishing = 'finishing the run; Ctrl-C again stops at once, and the next run recovers'
