import type { Notifier } from './notifier.ts'

/** Sends each alert to all notifiers; one that fails does not keep it from the others, and is thrown afterwards. */
export function fanOut(notifiers: readonly Notifier[]): Notifier {
  return {
    async notify(alert) {
      const results = await Promise.allSettled(notifiers.map((notifier) => notifier.notify(alert)))
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      if (errors.length === 1) throw errors[0]
      if (errors.length > 1) throw new AggregateError(errors, `notifier: ${errors.length} of ${results.length} failed`)
    },
  }
}
