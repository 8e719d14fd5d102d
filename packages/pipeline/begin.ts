import type { Clock } from '@droplake/lake/clock'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { Holder, LakeState, Purpose } from './lake-state.ts'
import { append, Fenced, readState } from './log.ts'

/** Knows whether the execution behind a run can still do anything. */
export interface Executions {
  /** False only when it is certain that the holder will never write again. */
  alive(holder: Holder): Promise<boolean>
}

export type Begin = { begun: true; state: LakeState } | { begun: false; heldBy: string }

/**
 * Tries to begin a run. Whoever creates the next entry holds the dataset, so taking over from a dead run is nothing but
 * this. Repeating it with the same run is fine. `ask: false` takes every holder for alive: AWS answers few questions per
 * second, and thousands of files may arrive while one run holds the dataset.
 */
export async function begin(
  fx: { store: ObjectStore; clock: Clock; executions: Executions },
  dataset: string,
  options: { run: string; holder: Holder; purpose?: Purpose; takeOver?: boolean; ask?: boolean },
): Promise<Begin> {
  const { run, holder, purpose = 'pipeline', takeOver = false, ask = true } = options
  for (;;) {
    const state = await readState(fx.store, dataset)
    const current = state.unfinished
    if (current?.run === run) return { begun: true, state }
    // A zombie that would begin what it or another attempt has ended already.
    if (state.ended.some((one) => one.run === run)) return { begun: false, heldBy: run }
    if (current && !takeOver && (!ask || (await fx.executions.alive(current.holder))))
      return { begun: false, heldBy: current.run }
    try {
      return { begun: true, state: await append(fx, state, { kind: 'begin', run, holder, purpose }) }
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
    }
  }
}
