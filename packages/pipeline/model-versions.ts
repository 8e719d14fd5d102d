import type { PublishedModel } from '@droplake/models/stale'
import { database, type Effects } from './effects.ts'
import { keys } from './keys.ts'
import type { LakeState, StoredEntry, VersionName } from './lake-state.ts'
import { readRecord } from './records.ts'

/** A version of a model that the log published, with what it published. */
export interface ModelVersion extends VersionName {
  model: PublishedModel
  /** Readers see this one. */
  shown: boolean
  /** Somebody went back from it. */
  withdrawn: boolean
  /** Its table and all its files are still there. */
  whole: boolean
}

/** The last versions of a model, newest first; also those that sweep has taken away. */
export async function modelVersions(
  fx: Pick<Effects, 'store' | 'catalog' | 'settings'>,
  state: LakeState,
  model: string,
): Promise<ModelVersion[]> {
  const { dataset } = state
  const history = state.models[model]?.history
  if (!history) return []
  const build = database(fx, dataset, 'build')
  const catalogued = (await fx.catalog.show(dataset))?.tables.filter((table) => table.database === build) ?? []
  const tables = new Set(catalogued.map(({ name }) => name))
  const files = new Set<string>()
  for await (const { key } of fx.store.list(keys.model(dataset, model))) files.add(key)

  const seqs = new Set([...history.published, history.shown])
  const entries = await Promise.all(
    [...seqs].map((seq) => readRecord<StoredEntry>(fx.store, keys.logEntry(dataset, seq))),
  )
  return entries
    .flatMap((entry): ModelVersion[] => {
      const version = entry.kind === 'publish' ? entry.models[model] : undefined
      if (!version) return []
      const partitions = Object.values(version.partitions)
      return [
        {
          run: entry.run,
          seq: entry.seq,
          at: entry.at,
          rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
          model: version,
          shown: entry.seq === history.shown,
          withdrawn: history.withdrawn.includes(entry.seq),
          whole: tables.has(version.table) && partitions.every((part) => part.files.every((file) => files.has(file))),
        },
      ]
    })
    .sort((a, b) => b.seq - a.seq)
}
