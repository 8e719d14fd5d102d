import { existsSync } from 'node:fs'
import { UsageError } from '@droplake/local/usage-error'
import type { Holder } from '@droplake/pipeline/lake-state'
import type { Place } from '@droplake/pipeline/place'
import { finishing } from './interrupts.ts'
import { holderText } from './read-status.ts'
import type { Session } from './session.ts'
import { moment, readable } from './text.ts'
import { checkDataset, type LakeOptions, showFaults, withFolder } from './with-folder.ts'
import { leaveOnInterrupt, withStage } from './with-stage.ts'

/** Opens the lake that is meant, a folder's or a stage's, and closes it whatever happens. An absent folder is created. */
export async function withLake<T>(
  session: Session,
  options: LakeOptions,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  if (!session.stage) return withFolder(session, options, use)
  return withStage(session.stage, (stage) => {
    showFaults(session, stage.fx.datasets)
    return use(stage)
  })
}

/** The lake as it is: for commands that only look, and create nothing. */
export async function withExistingLake<T>(
  session: Session,
  use: (place: Place) => Promise<T>,
  options: LakeOptions = {},
): Promise<T> {
  mustExist(session)
  return withLake(session, options, use)
}

export function mustExist(session: Session): void {
  if (lakeExists(session)) return
  throw new UsageError(
    `no lake in ${session.lakeFolder}; name its folder with --lake DIR, or begin one there with droplake drop PATH`,
  )
}

/** As `withExistingLake`, but an absent lake is an empty one: `otherwise`. */
export async function ifThereIsALake<T>(session: Session, use: (place: Place) => Promise<T>, otherwise: T): Promise<T> {
  return lakeExists(session) ? withLake(session, {}, use) : otherwise
}

/** A folder without `raw` is none: it may be anything of the user's. */
export const lakeExists = ({ lakeFolder, stage }: Pick<Session, 'lakeFolder' | 'stage'>) =>
  stage !== undefined || existsSync(`${lakeFolder}/raw`)

/** What the first Ctrl-C does to a command that runs the pipeline: here its run ends first, a stage's goes on. */
export function softenInterrupts(session: Session): void {
  if (session.stage) leaveOnInterrupt(session)
  else session.interrupts.soften(finishing)
}

/** How a command waits for runs that are not its own, and for files that others are still writing. */
export function waiting({ interrupts, note, hint, stage }: Session) {
  const files = (keys: string[]) =>
    `${readable(keys.slice(0, 3).join(', '))}${keys.length > 3 ? `, … (${keys.length} files)` : ''}`
  return {
    // A run of this process is waited for to its end all the same.
    signal: interrupts.signal,
    onWait: (run: string, { holder, since, state }: { holder: Holder; since: number; state?: string }) =>
      note(
        stage
          ? `run ${run} is under way${state ? `: ${state}` : ''}`
          : `waiting for run ${run} of ${holderText(holder)}, since ${moment(new Date(since).toISOString())} UTC; Ctrl-C ends the wait, ${hint('run --take-over')} takes over from a process that is gone`,
      ),
    onRest: (keys: string[]) => note(`waiting a second to see whether ${files(keys)} is still being written`),
    onGrowing: (keys: string[]) => note(`left for a later run, still being written: ${files(keys)}`),
  }
}

/** Datasets that a command works on: the one that was named, or all that the lake has anything of. */
export async function chosenDatasets(session: Pick<Session, 'dataset'>, place: Pick<Place, 'fx'>): Promise<string[]> {
  const { dataset } = session
  if (dataset === undefined) {
    const { datasetsInUse } = await import('@droplake/local/run')
    return datasetsInUse(place)
  }
  checkDataset(session, place.fx.datasets)
  return [dataset]
}
