import { randomUUID } from 'node:crypto'
import { cleanTemporary } from '@droplake/lake/file-store'
import { type Swept, sweep as sweepDataset } from '@droplake/services/sweep/sweep'
import { ended, started } from './holder.ts'
import type { Lake } from './lake.ts'
import { datasetsInUse } from './run.ts'

const graceMs = 3_600_000

/** Deletes what no reader can reach any more, dataset by dataset; one that a run holds is left for another time. */
export async function sweep(
  lake: Lake,
  options: { dataset?: string; keep?: number; graceMs?: number } = {},
): Promise<Swept[]> {
  const swept: Swept[] = []
  for (const dataset of options.dataset ? [options.dataset] : await datasetsInUse(lake)) {
    const execution = `local-${randomUUID()}`
    started(execution)
    try {
      const startedAt = new Date(lake.fx.clock.now()).toISOString()
      const { keep } = options
      const input = { dataset, execution, startedAt, graceMs: options.graceMs ?? graceMs }
      swept.push(await sweepDataset(lake.fx, { ...input, ...(keep === undefined ? {} : { keep }) }))
    } finally {
      ended(execution)
    }
  }
  await cleanTemporary(lake.folder, options.graceMs ?? graceMs)
  return swept
}
