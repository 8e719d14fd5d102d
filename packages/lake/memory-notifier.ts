import type { Alert, Notifier } from './notifier.ts'

/** Keeps every alert in `alerts`, for tests. */
export function memoryNotifier(): Notifier & { alerts: Alert[] } {
  const alerts: Alert[] = []
  return {
    alerts,
    async notify(alert) {
      alerts.push(structuredClone(alert))
    },
  }
}
