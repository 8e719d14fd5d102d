import { announce } from '@droplake/pipeline/announce'
import { datasetOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { readState } from '@droplake/pipeline/log'
import { pendingIds } from '@droplake/pipeline/markers'
import type { Place } from '@droplake/pipeline/place'
import type { Report } from '@droplake/pipeline/report'
import type { Admitted } from '@droplake/services/admit/admit'
import { announceRested, type RestOptions } from './announce-rested.ts'
import { reportsOf } from './reports.ts'
import { settled, type WaitOptions } from './settled.ts'

/** Takes whatever waits in one dataset: also files that no event announced, and what a run that died left behind. */
export async function runPending(
  place: Place,
  dataset: string,
  options: WaitOptions & RestOptions & { takeOver?: boolean } = {},
): Promise<Report[]> {
  const { takeOver = false, ...waiting } = options
  datasetOf(place.fx, dataset)
  const sources = await waitingSources(place, dataset, options)
  if (options.signal?.aborted) return []
  const execution = place.start({ dataset, reason: 'run', takeOver })
  const admitted = (await execution.admitted) as Admitted | undefined
  if (!place.remote || !admitted) {
    const { error } = await execution.ended
    if (!admitted && error) throw error
    await place.quiet()
  }
  const runs = admitted?.run ? [admitted.run] : []
  const held = place.remote && (await readState(place.fx.store, dataset)).unfinished?.run
  const seen = await settled(place, dataset, sources, { ...waiting, runs: [...runs, ...(held ? [held] : [])] })
  return reportsOf(place, dataset, { sources, runs: [...runs, ...seen] })
}

/** Ids of the sources that a run has to answer for. Files in a bucket are whole; on a laptop one may still be written. */
async function waitingSources(place: Place, dataset: string, options: RestOptions): Promise<string[]> {
  if (place.remote) await announce(place.fx, dataset)
  else await announceRested(place, dataset, options)
  return pendingIds(place.fx.store, dataset)
}

/** Datasets that the lake has anything of. */
export async function datasetsInUse({ fx }: Pick<Place, 'fx'>): Promise<string[]> {
  const used: string[] = []
  for (const [name, { rawFolders }] of Object.entries(fx.datasets)) {
    // By the log's objects, not by what they say: they may be damaged.
    if (await anyUnder(fx, [keys.log(name), ...rawFolders.map((folder) => `raw/${folder}/`)])) used.push(name)
  }
  return used
}

async function anyUnder({ store }: Place['fx'], prefixes: readonly string[]): Promise<boolean> {
  for (const prefix of prefixes) for await (const _ of store.list(prefix)) return true
  return false
}
