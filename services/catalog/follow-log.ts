import type { Effects, RunInput } from '@droplake/pipeline/effects'
import { holding } from '@droplake/pipeline/log'
import { reconcile } from '@droplake/pipeline/reconcile'

export type FollowLogInput = RunInput

/** Brings the catalog to the log, as far as this run still holds the dataset. */
export async function followLog(fx: Effects, { dataset, run }: FollowLogInput): Promise<{ seq: number }> {
  await holding(fx.store, dataset, run)
  return { seq: (await reconcile(fx, dataset)).seq }
}
