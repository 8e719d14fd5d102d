import { routeKey } from '@droplake/contracts/route'
import { deathsInARow, executionAlert, unannouncedAlert } from '@droplake/pipeline/alerts'
import { announce } from '@droplake/pipeline/announce'
import { datasetOf, type With } from '@droplake/pipeline/effects'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { pendingIds } from '@droplake/pipeline/markers'
import { needsRun } from '@droplake/pipeline/needs-run'
import { runId } from '@droplake/pipeline/run-id'

/** Starts an execution of the pipeline for one dataset. */
export interface Starter {
  start(input: { dataset: string; reason: 'pass' }): Promise<void>
}

/** A *Step Functions Execution Status Change* event of EventBridge: FAILED, TIMED_OUT or ABORTED. */
export interface ExecutionEnded {
  'detail-type': 'Step Functions Execution Status Change'
  detail: {
    executionArn: string
    status: string
    /** UTC milliseconds */
    startDate: number
    /** JSON */
    input?: string | null
    error?: string | null
    cause?: string | null
  }
}

/** `pass`: every ten minutes; `listing`: once a day. */
export type WakeInput = { reason: 'pass' | 'listing' } | ExecutionEnded

export interface Woken {
  /** Datasets for which an execution was started. */
  started: string[]
}

type WakeEffects = With<'executions' | 'models' | 'notifier'> & { starter: Starter }

/** Starts a run wherever something was left undone: by a lost event, by an execution that ended before its run did. */
export async function wake(fx: WakeEffects, input: WakeInput): Promise<Woken> {
  if ('detail' in input) return recover(fx, input.detail)
  const lost = new Set<string>()
  const unroutable: string[] = []
  if (input.reason === 'listing')
    for (const dataset of Object.keys(fx.datasets)) {
      const found = await announce(fx, dataset)
      unroutable.push(...found.unroutable)
      if (found.rung.length > 0) lost.add(dataset)
    }
  if (unroutable.length > 0) await fx.notifier.notify(unannouncedAlert(unroutable))
  const started: string[] = []
  for (const dataset of Object.keys(fx.datasets))
    if (lost.has(dataset) || (await isUndone(fx, dataset))) {
      await fx.starter.start({ dataset, reason: 'pass' })
      started.push(dataset)
    }
  return { started }
}

async function isUndone(fx: WakeEffects, name: string): Promise<boolean> {
  const state = await readState(fx.store, name)
  if (state.unfinished && (await fx.executions.alive(state.unfinished.holder))) return false
  const pending = await pendingIds(fx.store, name)
  return needsRun(state, { dataset: datasetOf(fx, name), pending, models: await fx.models(name) })
}

/** A run that told of its own end needs nothing. Any other end is told, and somebody goes on from there. */
async function recover(fx: WakeEffects, detail: ExecutionEnded['detail']): Promise<Woken> {
  const execution = detail.executionArn
  const startedAt = new Date(detail.startDate).toISOString()
  const states: LakeState[] = []
  for (const dataset of Object.keys(fx.datasets)) states.push(await readState(fx.store, dataset))
  if (states.some((state) => state.ended.some(({ run }) => run === runId({ execution, startedAt }, state.dataset))))
    return { started: [] }

  const held = states.find(({ unfinished }) => holds(unfinished?.holder, execution))
  const dataset = held?.dataset ?? announcedDataset(fx, detail.input)
  await fx.notifier.notify(
    executionAlert({ ...detail, dataset: dataset ?? '', ...(held?.unfinished ? { run: held.unfinished.run } : {}) }),
  )
  if (!dataset || (held && held.abandoned + 1 >= deathsInARow)) return { started: [] }
  // Admit itself failed: the bell may not have been rung.
  if (!held) await announce(fx, dataset)
  await fx.starter.start({ dataset, reason: 'pass' })
  return { started: [dataset] }
}

const holds = (holder: NonNullable<LakeState['unfinished']>['holder'] | undefined, execution: string) =>
  holder?.kind === 'step-functions' && holder.execution === execution

/** The dataset of the object whose event the execution was for; undefined for one that was started otherwise, which is not repeated. */
function announcedDataset(fx: WakeEffects, input: string | null | undefined): string | undefined {
  try {
    const key = (JSON.parse(input ?? '') as { detail?: { object?: { key?: unknown } } }).detail?.object?.key
    return typeof key === 'string' ? routeKey(fx.datasets, key)?.dataset : undefined
  } catch {
    return undefined
  }
}
