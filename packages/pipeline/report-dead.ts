import type { Effects } from './effects.ts'
import { keys } from './keys.ts'
import type { LakeState } from './lake-state.ts'
import { makeReport } from './make-report.ts'
import { once } from './records.ts'
import type { Report } from './report.ts'

/** The dead cannot write their report; who took over from them does. */
export async function reportDead(fx: Pick<Effects, 'store' | 'clock' | 'models'>, state: LakeState): Promise<void> {
  const dead = state.unfinished?.takenOver
  if (!dead) return
  const error = 'its process or execution ended before the run did; the next run went on from what it had committed'
  await once<Report>(fx.store, keys.report(dead.run), () => makeReport(fx, state, { ...dead, error }))
}
