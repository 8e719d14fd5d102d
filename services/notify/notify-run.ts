import { runAlerts } from '@droplake/pipeline/alerts'
import { datasetOf, type Effects, type RunInput } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'

export interface NotifyRunInput extends RunInput {
  status: string
}

/** Tells what the run did. A run that was taken over says nothing: whoever took over will. */
export async function notifyRun(fx: Effects, { dataset, run, status }: NotifyRunInput): Promise<{ alerts: number }> {
  if (status === 'fenced') return { alerts: 0 }
  const alerts = runAlerts(datasetOf(fx, dataset), await readRecord<Report>(fx.store, keys.report(run)))
  for (const alert of alerts) await fx.notifier.notify(alert)
  return { alerts: alerts.length }
}
