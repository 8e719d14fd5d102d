import type { Effects } from './effects.ts'
import { keys } from './keys.ts'
import type { LakeState } from './lake-state.ts'
import { makeReport } from './make-report.ts'
import { DamagedObject, once } from './records.ts'
import type { Report } from './report.ts'

/** The dead cannot write their report; who took over from them does, also for those whose heir died before it came to it. */
export async function reportDead(fx: Pick<Effects, 'store' | 'clock' | 'models'>, state: LakeState): Promise<void> {
  const error = 'its process or execution ended before the run did; the next run went on from what it had committed'
  for (let dead = state.unfinished?.takenOver; dead; dead = dead.takenOver) {
    const { run, seq } = dead
    try {
      await once<Report>(fx.store, keys.report(run), () => makeReport(fx, state, { run, seq, error }))
    } catch (damage) {
      // The report of a run that is over must not keep the next one from its end.
      if (!(damage instanceof DamagedObject)) throw damage
    }
  }
}
