import { createHash } from 'node:crypto'
import type { Alert } from '@droplake/lake/notifier'
import type { With } from './effects.ts'
import { keys } from './keys.ts'
import { createRecord, findRecord } from './records.ts'

/**
 * Sends one alert about those of the subjects that no alert of this kind was about before, and none if there is no such:
 * events come again, listings find the same files every day, and a retried step sends what it has sent. What is remembered
 * is remembered after the alert was sent, so that none is lost. Returns the subjects of the alert.
 */
export async function notifyOnce(
  fx: Pick<With<'notifier'>, 'store' | 'notifier'>,
  kind: string,
  subjects: readonly string[],
  alertOf: (subjects: string[]) => Alert,
): Promise<string[]> {
  const known = await Promise.all(subjects.map((subject) => findRecord(fx.store, keyOf(kind, subject))))
  const fresh = subjects.filter((_, n) => known[n] === undefined)
  if (fresh.length === 0) return []
  await fx.notifier.notify(alertOf(fresh))
  await Promise.all(fresh.map((subject) => createRecord(fx.store, keyOf(kind, subject), { subject })))
  return fresh
}

const keyOf = (kind: string, subject: string) =>
  keys.notified(kind, createHash('sha256').update(subject).digest('hex').slice(0, 32))
