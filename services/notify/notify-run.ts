import { crawlAlerts, runAlerts, waitingAlert } from '@droplake/pipeline/alerts'
import type { CrawlRecord } from '@droplake/pipeline/drift'
import { datasetOf, type RunInput, type With } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { notifyOnce } from '@droplake/pipeline/notify-once'
import { findRecord, readRecord } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'

export interface NotifyRunInput extends RunInput {
  status: string
}

/** Tells what the run did. A run that was taken over says nothing: whoever took over will. */
export async function notifyRun(
  fx: With<'notifier'>,
  { dataset, run, status }: NotifyRunInput,
): Promise<{ alerts: number }> {
  if (status === 'fenced') return { alerts: 0 }
  const of = datasetOf(fx, dataset)
  const report = await readRecord<Report>(fx.store, keys.report(run))
  const alerts = runAlerts(of, report)
  const crawl = await findRecord<CrawlRecord>(fx.store, keys.crawl(run))
  if (crawl) alerts.push(...crawlAlerts(of, run, crawl))
  for (const alert of alerts) await fx.notifier.notify(alert)
  // A run that took nothing has no alert of its own, and the next one may come to the same every ten minutes.
  const waiting = report.sources.filter(({ outcome }) => outcome === 'deferred')
  if (report.status === 'empty')
    await notifyOnce(
      fx,
      'waiting',
      waiting.map(({ key, error }) => `${key}: ${error}`),
      (files) => waitingAlert(dataset, run, files),
    )
  return { alerts: alerts.length }
}
