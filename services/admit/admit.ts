import { isLitter } from '@droplake/contracts/file-name'
import { faultFor, rawPlace } from '@droplake/contracts/route'
import { isRawKey } from '@droplake/lake/object-key'
import { isRefusal, ObjectNotFound } from '@droplake/lake/object-store'
import { abandonedAlert, unreadableAlert, unroutableAlert } from '@droplake/pipeline/alerts'
import { announceOne, notifyUnroutable } from '@droplake/pipeline/announce'
import { begin } from '@droplake/pipeline/begin'
import { datasetOf, type With } from '@droplake/pipeline/effects'
import { readState } from '@droplake/pipeline/log'
import { pendingIds, removeMarkers, restingIds } from '@droplake/pipeline/markers'
import { needsRun, workable } from '@droplake/pipeline/needs-run'
import { notifyOnce } from '@droplake/pipeline/notify-once'
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
  outcome: 'begun' | 'coalesced' | 'duplicate' | 'unroutable' | 'deferred' | 'unreadable' | 'gone' | 'idle'
  dataset?: string
  run?: string
  settleSeconds?: number
}

/**
 * Answers the doorbell: notes which source is waiting, then tries to begin a run. Every outcome but `begun` ends the
 * execution, and loses nothing: the marker stays until the log answers for its source. An event does not ask whether the
 * run that holds the dataset lives: that run, its recovery or the next pass finds the marker.
 */
export async function admit(fx: With<'executions' | 'models' | 'notifier'>, input: AdmitInput): Promise<Admitted> {
  const { event } = input
  if ('dataset' in event) return wake(fx, input, event)
  const found = await enqueue(fx, event)
  if (found.outcome !== 'pending') return found
  return tryToBegin(fx, input, found.dataset, { ask: false })
}

type Enqueued = { outcome: 'pending'; dataset: string } | (Admitted & { outcome: Unpending })
type Unpending = 'duplicate' | 'unroutable' | 'deferred' | 'unreadable' | 'gone'

/** Records what the event's object holds as pending, unless the log answers for it already or no run could read it. */
export async function enqueue(fx: With<'notifier'>, { detail, nonce }: ObjectCreated): Promise<Enqueued> {
  const { key, 'version-id': version } = detail.object
  if (key.endsWith('/') || isLitter(key)) return { outcome: 'gone' }
  const dataset = isRawKey(key) ? rawPlace(fx.datasets, key)?.dataset.name : undefined
  // It lies under raw/, and is found there as soon as the contract can be loaded.
  if (!dataset && faultFor(fx.datasets, key)) return { outcome: 'deferred' }
  if (!dataset) {
    await notifyOnce(fx, 'unroutable', [key], () => unroutableAlert(fx.datasets, key))
    return { outcome: 'unroutable' }
  }
  try {
    const info = await fx.store.head(key, version)
    if (!info) return { outcome: 'gone', dataset }
    const { outcome, unroutable } = await announceOne(fx, info, { dataset, nonce })
    await notifyUnroutable(fx, key, unroutable)
    return outcome === 'unroutable' ? { outcome } : { outcome, dataset }
  } catch (error) {
    if (error instanceof ObjectNotFound) return { outcome: 'gone', dataset }
    if (!isRefusal(error)) throw error
    await notifyOnce(fx, 'unreadable', [key], (keys) => unreadableAlert(dataset, keys))
    return { outcome: 'unreadable', dataset }
  }
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
    const contract = datasetOf(fx, dataset)
    const workables = contract.outOfService ? await workable(fx.store, contract) : pending
    // What a run has just left is for the run that follows it; the pass gives it a rest.
    const resting = reason === 'pass' ? await restingIds(fx.store, dataset, fx.clock.now()) : new Set()
    const open = workables.filter((id) => !resting.has(id))
    if (!needsRun(state, { dataset: contract, pending: open, models })) return { outcome: 'idle', dataset }
  }
  return tryToBegin(fx, input, dataset, { takeOver })
}

async function tryToBegin(
  fx: With<'executions' | 'models' | 'notifier'>,
  input: AdmitInput,
  dataset: string,
  how: { takeOver?: boolean; ask?: boolean },
): Promise<Admitted> {
  const run = runId(input, dataset)
  const holder = fx.executions.holder(input.execution)
  const answer = await begin(fx, dataset, { run, holder, ...how })
  if (!answer.begun) return { outcome: 'coalesced', dataset }
  const alert = abandonedAlert(dataset, answer.state)
  if (alert) await fx.notifier.notify(alert)
  const settleSeconds = fx.settings.settleSeconds ?? datasetOf(fx, dataset).settleSeconds
  return { outcome: 'begun', dataset, run, settleSeconds }
}
