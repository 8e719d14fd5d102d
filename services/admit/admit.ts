import { routeKey } from '@droplake/contracts/route'
import { isKey } from '@droplake/lake/object-key'
import { abandonedAlert, unroutableAlert } from '@droplake/pipeline/alerts'
import { begin } from '@droplake/pipeline/begin'
import { datasetOf, type With } from '@droplake/pipeline/effects'
import { readState } from '@droplake/pipeline/log'
import { pendingIds, removeMarkers, ring, sourceOf } from '@droplake/pipeline/markers'
import { needsRun } from '@droplake/pipeline/needs-run'
import { runId } from '@droplake/pipeline/run-id'

/** An S3 *Object Created* event as EventBridge delivers it; its keys are not URL-encoded. */
export interface ObjectCreated {
  detail: {
    bucket: { name: string }
    object: { key: string; 'version-id'?: string }
  }
  /** Takes known bytes again. */
  nonce?: string
}

/** A look at a dataset without a new object: after a run, by the ten-minute pass, or asked for by hand. */
export interface DatasetWake {
  dataset: string
  reason: 'again' | 'pass' | 'run'
  takeOver?: boolean
}

export interface AdmitInput {
  event: ObjectCreated | DatasetWake
  execution: string
  /** ISO 8601 */
  startedAt: string
}

export interface Admitted {
  outcome: 'begun' | 'coalesced' | 'duplicate' | 'unroutable' | 'gone' | 'idle'
  dataset?: string
  run?: string
  /** Of the object that was announced. */
  source?: string
  settleSeconds?: number
}

/**
 * Answers the doorbell: notes which source is waiting, then tries to begin a run. Every outcome but `begun` ends the
 * execution, and loses nothing: the marker stays until the log answers for its source.
 */
export async function admit(fx: With<'executions' | 'models' | 'notifier'>, input: AdmitInput): Promise<Admitted> {
  const { event } = input
  if ('dataset' in event) return wake(fx, input, event)

  const { key, 'version-id': version } = event.detail.object
  if (key.endsWith('/')) return { outcome: 'gone' }
  // Listings leave such keys out, so they could not be read again.
  const table = isKey(key) ? routeKey(fx.datasets, key) : undefined
  if (!table) {
    await fx.notifier.notify(unroutableAlert(fx.datasets, key))
    return { outcome: 'unroutable' }
  }
  const info = await fx.store.head(key, version)
  if (!info) return { outcome: 'gone', dataset: table.dataset }
  const source = sourceOf(info, table.name, event.nonce)
  const known = async () => (await readState(fx.store, table.dataset)).sources[source.id] !== undefined
  const duplicate: Admitted = { outcome: 'duplicate', dataset: table.dataset, source: source.id }
  if (await known()) return duplicate
  await ring(fx.store, table.dataset, source)
  // A run may have answered for the source, and taken its marker away, between the look and the ring.
  if (await known()) {
    await removeMarkers(fx.store, table.dataset, [source.id])
    return duplicate
  }
  return { ...(await tryToBegin(fx, input, table.dataset)), source: source.id }
}

async function wake(
  fx: With<'executions' | 'models' | 'notifier'>,
  input: AdmitInput,
  event: DatasetWake,
): Promise<Admitted> {
  const { dataset, reason, takeOver = false } = event
  datasetOf(fx, dataset)
  if (reason !== 'run') {
    const state = await readState(fx.store, dataset)
    const pending = await pendingIds(fx.store, dataset)
    const answered = pending.filter((id) => state.sources[id])
    await removeMarkers(fx.store, dataset, answered)
    const models = await fx.models(dataset)
    if (!needsRun(state, { dataset: datasetOf(fx, dataset), pending, models })) return { outcome: 'idle', dataset }
  }
  return tryToBegin(fx, input, dataset, takeOver)
}

async function tryToBegin(
  fx: With<'executions' | 'models' | 'notifier'>,
  input: AdmitInput,
  dataset: string,
  takeOver = false,
): Promise<Admitted> {
  const run = runId(input, dataset)
  const holder = fx.executions.holder(input.execution)
  const answer = await begin(fx, dataset, { run, holder, takeOver })
  if (!answer.begun) return { outcome: 'coalesced', dataset }
  const alert = abandonedAlert(dataset, answer.state)
  if (alert) await fx.notifier.notify(alert)
  const settleSeconds = fx.settings.settleSeconds ?? datasetOf(fx, dataset).settleSeconds
  return { outcome: 'begun', dataset, run, settleSeconds }
}
