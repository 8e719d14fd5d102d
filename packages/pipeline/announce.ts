import { routeKey } from '@droplake/contracts/route'
import { type DataEffects, datasetOf } from './effects.ts'
import { readState } from './log.ts'
import { pendingSources, ring, type Source, sourceOf, uploadOf } from './markers.ts'

/**
 * Rings for every raw object of a dataset that the log does not know and nobody rang for: an event may be lost, a process
 * may die between its file and its bell. Returns the keys that no contract takes, and how many objects were left out because
 * they changed within `restMs`: on a laptop another program may still be writing.
 */
export async function announce(
  fx: DataEffects,
  dataset: string,
  options: { restMs?: number } = {},
): Promise<{ rung: Source[]; unroutable: string[]; restless: number }> {
  const { restMs = 0 } = options
  let restless = 0
  const state = await readState(fx.store, dataset)
  const pending = await pendingSources(fx.store, dataset)
  // By upload and table, not by id: a source that was forced in is known as well.
  const known = new Set([...Object.values(state.sources), ...pending].map(uploadOf))
  const rung: Source[] = []
  const unroutable: string[] = []
  for (const folder of datasetOf(fx, dataset).rawFolders)
    for await (const listed of fx.store.list(`raw/${folder}/`)) {
      const table = routeKey(fx.datasets, listed.key)
      if (!table) {
        unroutable.push(listed.key)
        continue
      }
      if (known.has(uploadOf({ ...listed, table: table.name }))) continue
      // It may have been replaced, or taken away, since the listing.
      const info = await fx.store.head(listed.key)
      if (!info) continue
      const source = sourceOf(info, table.name)
      if (known.has(uploadOf(source))) continue
      if (restMs > 0 && info.lastModified > fx.clock.now() - restMs) {
        restless++
        continue
      }
      await ring(fx.store, dataset, source)
      rung.push(source)
    }
  return { rung, unroutable, restless }
}
