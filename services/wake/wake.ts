import { deathsInARow, executionAlert } from '@droplake/pipeline/alerts'
import { announce, notifyLeftOut } from '@droplake/pipeline/announce'
import { datasetOf, type With } from '@droplake/pipeline/effects'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { restingIds } from '@droplake/pipeline/markers'
import { needsRun, workable } from '@droplake/pipeline/needs-run'
import { notifyOnce } from '@droplake/pipeline/notify-once'
import { runId } from '@droplake/pipeline/run-id'
import { enqueue, type ObjectCreated } from '../admit/admit.ts'

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
  const started: string[] = []
  const failures: unknown[] = []
  for (const dataset of Object.keys(fx.datasets))
    try {
      const found = input.reason === 'listing' && (await findLost(fx, dataset))
      if (!found && !(await isUndone(fx, dataset))) continue
      await fx.starter.start({ dataset, reason: 'pass' })
      started.push(dataset)
    } catch (error) {
      // The other datasets are looked after all the same.
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
  return { started }
}

/** Enqueues files that no event announced, and reports those that no run will take. True when it found any to enqueue. */
async function findLost(fx: WakeEffects, dataset: string): Promise<boolean> {
  const { rung, unroutable } = await announce(fx, dataset)
  await notifyLeftOut(fx, dataset, unroutable)
  return rung.length > 0
}

async function isUndone(fx: WakeEffects, name: string): Promise<boolean> {
  const state = await readState(fx.store, name)
  if (state.unfinished && (await fx.executions.alive(state.unfinished.holder))) return false
  const resting = await restingIds(fx.store, name, fx.clock.now())
  const pending = (await workable(fx.store, datasetOf(fx, name))).filter((id) => !resting.has(id))
  return needsRun(state, { dataset: datasetOf(fx, name), pending, models: await fx.models(name) })
}

/**
 * After an execution that held a dataset and ended before its run did, another one goes on. One that held nothing left at
 * most an object that is not yet pending; the pass, or who holds the dataset, takes it from there. So a storm of executions
 * that fail starts nothing and sends nothing.
 */
async function recover(fx: WakeEffects, detail: ExecutionEnded['detail']): Promise<Woken> {
  const execution = detail.executionArn
  const startedAt = new Date(detail.startDate).toISOString()
  const states: LakeState[] = []
  for (const dataset of Object.keys(fx.datasets)) states.push(await readState(fx.store, dataset))
  // A run that reported its own end needs nothing.
  if (states.some((state) => state.ended.some(({ run }) => run === runId({ execution, startedAt }, state.dataset))))
    return { started: [] }

  const held = states.find(({ unfinished }) => holds(unfinished?.holder, execution))
  if (!held?.unfinished) {
    const event = eventOf(detail.input)
    if (event) await enqueue(fx, event)
    return { started: [] }
  }
  const { dataset, unfinished } = held
  const isLast = held.abandoned + 1 >= deathsInARow
  if (!isLast) await fx.starter.start({ dataset, reason: 'pass' })
  await notifyOnce(fx, 'execution', [execution], () => executionAlert({ ...detail, dataset, run: unfinished.run }))
  return { started: isLast ? [] : [dataset] }
}

const holds = (holder: NonNullable<LakeState['unfinished']>['holder'] | undefined, execution: string) =>
  holder?.kind === 'step-functions' && holder.execution === execution

/** The event that the execution was for; undefined for one that was started otherwise. */
function eventOf(input: string | null | undefined): ObjectCreated | undefined {
  try {
    const event = JSON.parse(input ?? '') as Partial<ObjectCreated>
    return typeof event.detail?.object?.key === 'string' ? (event as ObjectCreated) : undefined
  } catch {
    return undefined
  }
}
