import { datasetOf } from '@droplake/pipeline/effects'
import { readState } from '@droplake/pipeline/log'
import type { Report } from '@droplake/pipeline/report'
import type { Admitted } from '@droplake/services/admit/admit'
import { announceRested } from './announce-rested.ts'
import type { Lake } from './lake.ts'
import { reportsOf } from './reports.ts'
import { settled } from './settled.ts'

/** Takes whatever waits in one dataset: also files that no event announced, and what a run that died left behind. */
export async function runPending(
  lake: Lake,
  dataset: string,
  options: { takeOver?: boolean; onWait?: (holder: string) => void } = {},
): Promise<Report[]> {
  datasetOf(lake.fx, dataset)
  const sources = await announceRested(lake, dataset)
  const execution = lake.start({ dataset, reason: 'run', takeOver: options.takeOver ?? false })
  const admitted = (await execution.admitted) as Admitted | undefined
  const { error } = await execution.ended
  if (!admitted && error) throw error
  await lake.quiet()
  await settled(lake, dataset, sources, options.onWait)
  return reportsOf(lake, dataset, { sources, runs: admitted?.run ? [admitted.run] : [] })
}

/** Datasets that the lake has anything of. */
export async function datasetsInUse(lake: Lake): Promise<string[]> {
  const used: string[] = []
  for (const [name, { rawFolders }] of Object.entries(lake.fx.datasets)) {
    const state = await readState(lake.fx.store, name)
    if (state.seq > 0 || (await anyUnder(lake, rawFolders))) used.push(name)
  }
  return used
}

async function anyUnder(lake: Lake, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) for await (const _ of lake.fx.store.list(`raw/${folder}/`)) return true
  return false
}
