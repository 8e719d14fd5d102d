import { choices, didYouMean } from '@droplake/contracts/did-you-mean'
import { descendants } from '@droplake/models/dag'
import { rollbackAlert } from './alerts.ts'
import { begin } from './begin.ts'
import { datasetOf, type With } from './effects.ts'
import { keys } from './keys.ts'
import type { LakeState, Rollback, UnfinishedRun, VersionName } from './lake-state.ts'
import { append, readState } from './log.ts'
import { makeReport } from './make-report.ts'
import { staleIn } from './model-inputs.ts'
import { type ModelVersion, modelVersions } from './model-versions.ts'
import { reconcile } from './reconcile.ts'
import { findRecord, once } from './records.ts'
import type { Report } from './report.ts'
import { reportDead } from './report-dead.ts'
import { runId } from './run-id.ts'

export interface RollbackInput {
  dataset: string
  model: string
  execution: string
  /** ISO 8601 */
  startedAt: string
  /** Run that published the wanted version; default the one before the version that readers see. */
  to?: string
  /** Moves nothing: the model follows its inputs again. */
  release?: boolean
}

export interface Moved {
  dataset: string
  model: string
  /** Of the rollback itself. */
  run: string
  from: VersionName
  to: VersionName
  /** It stays there, however its inputs change. */
  pinned: boolean
  /** What the next run builds because of it: models that read it, and itself where its SQL is another one or it was released. */
  next: string[]
}

export type RolledBack = Moved | { dataset: string; model: string; heldBy: string }

/** Thrown when what was asked for cannot be done, before anything was changed; the message says what can. */
export class RollbackRefused extends Error {
  override readonly name = 'RollbackRefused'
}

/**
 * Moves a model to a version that was published before, and keeps it there; or lets go of one that was moved. A run of its
 * own, which may be repeated at any moment. Throws `RollbackRefused`, and `Fenced` when another run took the dataset.
 */
export async function rollback(
  fx: With<'catalog' | 'executions' | 'models' | 'notifier'>,
  input: RollbackInput,
): Promise<RolledBack> {
  const { dataset, model, execution } = input
  datasetOf(fx, dataset)
  const run = runId(input, dataset)
  if (!(await findRecord(fx.store, keys.rollback(run)))) {
    const state = await readState(fx.store, dataset)
    const { unfinished } = state
    if (unfinished && unfinished.run !== run) {
      if (await fx.executions.alive(unfinished.holder)) return { dataset, model, heldBy: unfinished.run }
      await refuseTwice(fx, unfinished, input)
    }
    // Before it holds anything, so that what is refused leaves nothing in the log.
    await decide(fx, state, input)
  }
  const held = await begin(fx, dataset, { run, holder: fx.executions.holder(execution), purpose: 'rollback' })
  if (!held.begun && held.heldBy !== run) return { dataset, model, heldBy: held.heldBy }
  const state = held.begun ? await move(fx, held.state, { ...input, run }) : await readState(fx.store, dataset)
  const done = await findRecord<Rollback>(fx.store, keys.rollback(run))
  if (!done) throw new RollbackRefused(`rollback: run ${run} ended and moved nothing; ask again`)
  const { from, to, pin } = done
  const moved = { dataset, model, run, from, to, pinned: pin !== undefined, next: await nextModels(fx, state, model) }
  await fx.notifier.notify(rollbackAlert(moved))
  return moved
}

/** Whoever asks again because a rollback died after it had moved the model does not mean one version more. */
async function refuseTwice(fx: With<'catalog'>, dead: UnfinishedRun, input: RollbackInput): Promise<void> {
  const { dataset, model, to, release } = input
  if (dead.rollback === undefined || to !== undefined || release) return
  const done = await findRecord<Rollback>(fx.store, keys.rollback(dead.run))
  if (done?.model === model)
    throw new RollbackRefused(
      `rollback: ${model} is moved to the version of run ${done.to.run}, but rollback ${dead.run} died before it ended; droplake run --dataset ${dataset} ends it, or name a version with --to RUN`,
    )
}

async function move(
  fx: With<'catalog' | 'executions' | 'models' | 'notifier'>,
  held: LakeState,
  input: RollbackInput & { run: string },
): Promise<LakeState> {
  const { dataset, run } = input
  const seq = held.unfinished?.seq ?? held.seq
  let state = held
  const end = async (error?: string) => {
    const report = await once<Report>(fx.store, keys.report(run), () =>
      makeReport(fx, state, { run, seq, ...(error ? { error } : {}) }),
    )
    return append(fx, state, { kind: 'end', run, status: report.status })
  }
  await reportDead(fx, state)
  try {
    const what = await once<Rollback>(fx.store, keys.rollback(run), () => decide(fx, state, input))
    if (state.unfinished?.rollback === undefined) state = await append(fx, state, { kind: 'rollback', run, ...what })
  } catch (error) {
    // The dataset changed between the first look and the begin.
    if (error instanceof RollbackRefused) await end(error.message)
    throw error
  }
  // Before the end: a run that dies in between is taken over, and the catalog follows then.
  await reconcile(fx, dataset)
  return end()
}

async function decide(fx: With<'catalog'>, state: LakeState, input: RollbackInput): Promise<Rollback> {
  const { dataset, model, to, release = false } = input
  const versions = await modelVersions(fx, state, model)
  const [newest] = versions
  const shown = versions.find((version) => version.shown)
  if (!newest || !shown)
    throw new RollbackRefused(
      `rollback: ${dataset} has published no model ${model}${choices(model, Object.keys(state.models).sort())}`,
    )
  if (release && !state.models[model]?.pin)
    throw new RollbackRefused(`rollback: ${model} is not rolled back; there is nothing to release`)
  const target = release ? shown : to === undefined ? before(shown, versions, input) : named(to, versions, input)
  const pinned = !release && target !== newest
  const at = state.unfinished?.at ?? fx.clock.now()
  return {
    model,
    from: nameOf(shown),
    to: nameOf(target),
    version: target.model,
    ...(pinned ? { pin: { at, run: target.run, sqlHash: newest.model.sqlHash } } : {}),
  }
}

/** The version that readers saw before the one they see now, as far as it is left; one that somebody went back from is none. */
function before(
  shown: ModelVersion,
  versions: readonly ModelVersion[],
  { dataset, model }: RollbackInput,
): ModelVersion {
  const earlier = versions.filter(({ seq, withdrawn }) => seq < shown.seq && !withdrawn)
  const target = earlier.find(({ whole }) => whole)
  if (target) return target
  const none = earlier.length === 0 ? 'there was never a' : 'sweep has left no'
  throw new RollbackRefused(
    `rollback: ${none} version of ${model} before that of run ${shown.run}; mend its SQL or drop mended files, and droplake run --dataset ${dataset} publishes another`,
  )
}

function named(run: string, versions: readonly ModelVersion[], { model }: RollbackInput): ModelVersion {
  const target = versions.find((version) => version.run === run)
  const list = `droplake rollback ${model} --list shows the versions there are`
  if (!target) {
    const guess = didYouMean(
      run,
      versions.map((version) => version.run),
      ';',
    )
    throw new RollbackRefused(`rollback: no run ${run} has published ${model}${guess} ${list}`)
  }
  if (!target.whole)
    throw new RollbackRefused(
      `rollback: sweep has taken away the version of ${model} that run ${run} published; ${list}`,
    )
  if (target.shown) throw new RollbackRefused(`rollback: ${model} shows the version of run ${run} already; ${list}`)
  return target
}

const nameOf = ({ run, seq, at, rows }: VersionName): VersionName => ({ run, seq, at, rows })

async function nextModels(fx: With<'models'>, state: LakeState, model: string): Promise<string[]> {
  // A SQL file that cannot be read must keep nobody from going back; the next run tells of it.
  const models = await fx.models(state.dataset).catch(() => [])
  const concerned = new Set([model, ...descendants(models, [model])])
  const stale = staleIn(state, datasetOf(fx, state.dataset), models)
  return stale.map(({ name }) => name).filter((name) => concerned.has(name))
}
