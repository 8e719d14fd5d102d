import { routeKey } from '@droplake/contracts/route'
import { type DataEffects, datasetOf } from './effects.ts'
import { readState } from './log.ts'
import { pendingSources, ring, type Source, sourceOf } from './markers.ts'

/**
 * Rings for every raw object of a dataset that the log does not know and nobody rang for: an event may be lost, a process
 * may die between its file and its bell. Returns the keys that no contract takes.
 */
export async function announce(fx: DataEffects, dataset: string): Promise<{ rung: Source[]; unroutable: string[] }> {
  const state = await readState(fx.store, dataset)
  const pending = new Set((await pendingSources(fx.store, dataset)).map((source) => source.id))
  const rung: Source[] = []
  const unroutable: string[] = []
  for (const folder of datasetOf(fx, dataset).rawFolders)
    for await (const info of fx.store.list(`raw/${folder}/`)) {
      const table = routeKey(fx.datasets, info.key)
      if (!table) {
        unroutable.push(info.key)
        continue
      }
      const source = sourceOf(info, table.name)
      if (state.sources[source.id] || pending.has(source.id)) continue
      await ring(fx.store, dataset, source)
      rung.push(source)
    }
  return { rung, unroutable }
}
