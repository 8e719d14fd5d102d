import { type RunStep, runSteps } from '@droplake/pipeline/definition'
import type { RunInput, With } from '@droplake/pipeline/effects'
import { isItsOwn } from '@droplake/pipeline/failures'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState, RunStatus } from '@droplake/pipeline/lake-state'
import { append, readState } from '@droplake/pipeline/log'
import { makeReport } from '@droplake/pipeline/make-report'
import { pendingIds, recordAttempt } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { namesOf, publicCause } from '@droplake/pipeline/public-text'
import { reconcile } from '@droplake/pipeline/reconcile'
import { findIntact, once } from '@droplake/pipeline/records'
import type { Report } from '@droplake/pipeline/report'
import { reportDead } from '@droplake/pipeline/report-dead'

export interface FinishInput extends RunInput {
  /** What ended the run early, by the step that failed. */
  failed?: Partial<Record<RunStep, { Error: string; Cause?: string }>>
}

export interface Finished {
  status: RunStatus | 'fenced'
  /** Sources wait that the run's plan did not see. */
  again: boolean
}

/**
 * Reports, ends the run in the log, and only then looks for bells that rang meanwhile: whoever rang before the end was
 * seen to hold leaves a marker that this look finds.
 */
export async function finish(fx: With<'catalog' | 'models'>, { dataset, run, failed }: FinishInput): Promise<Finished> {
  let state = await readState(fx.store, dataset)
  const ended = state.ended.find((one) => one.run === run)
  if (!ended && state.unfinished?.run !== run) return { status: 'fenced', again: false }
  await reportDead(fx, state)
  const failures = Object.entries(failed ?? {})
  const names = await namesOf(fx, dataset)
  const error = failures.map(([step, of]) => describe(step, of, names)).join('; ')
  if (!ended && failures.length > 0) await blameSources(fx, state, { run, failures, error })
  const report = await once<Report>(fx.store, keys.report(run), () =>
    makeReport(fx, state, {
      run,
      seq: state.unfinished?.seq ?? 1,
      ...(error ? { error } : {}),
    }),
  )
  if (!ended) state = await append(fx, state, { kind: 'end', run, status: report.status })
  await reconcile(fx, dataset)
  return { status: report.status, again: await moreIsPending(fx, state, run) }
}

const describe = (
  step: string,
  { Error: name, Cause }: { Error: string; Cause?: string },
  names: ReadonlySet<string>,
) => `${runSteps[step as RunStep] ?? step}: ${[name, publicCause(Cause, names)].filter(Boolean).join(': ')}`

/** A run that committed nothing of its files is one more attempt of each: one of them may be what ended it. */
async function blameSources(
  fx: With<'catalog' | 'models'>,
  state: LakeState,
  { run, failures, error }: { run: string; failures: [string, { Error: string; Cause?: string }][]; error: string },
): Promise<void> {
  const plan = await findIntact<Plan>(fx.store, keys.plan(run))
  const waiting = plan?.sources.filter(({ id }) => !state.sources[id]) ?? []
  if (state.unfinished?.ingest !== undefined) return
  const own = failures.every(([, { Error: name }]) => isItsOwn(name))
  const whole = { of: 'run' as const, alone: waiting.length === 1 }
  for (const { id } of waiting) await recordAttempt(fx.store, state.dataset, id, { run, error, own, whole })
}

async function moreIsPending(fx: With<'catalog' | 'models'>, state: LakeState, run: string): Promise<boolean> {
  const plan = await findIntact<Plan>(fx.store, keys.plan(run))
  if (!plan) return false
  const decided = plan.sources.some(({ id }) => state.sources[id])
  const waits = new Set(decided ? plan.noRoom : [])
  const seen = new Set(plan.seen)
  const pending = await pendingIds(fx.store, state.dataset)
  return pending.some((id) => !state.sources[id] && (!seen.has(id) || waits.has(id)))
}
