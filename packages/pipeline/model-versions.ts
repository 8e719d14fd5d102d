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

/**
 * The versions of a model that the catalog has a table of, newest first: for whoever looks while the log cannot be read.
 * A table's name says which run made it; whether it was ever published, nothing here tells.
 */
export async function cataloguedVersions(
  fx: Pick<Effects, 'catalog' | 'settings'>,
  { dataset, model }: { dataset: string; model: string },
): Promise<ModelVersion[]> {
  const catalog = await fx.catalog.show(dataset)
  const build = database(fx, dataset, 'build')
  const shown = catalog?.views.find(({ name }) => name === model)
  const versions = (catalog?.tables ?? []).flatMap((table): ModelVersion[] => {
    const [, date, time, hash] = new RegExp(`^${model}__(\\d{8})t(\\d{9})z_([0-9a-f]+)_\\d+$`).exec(table.name) ?? []
    if (table.database !== build || !date || !time || !hash) return []
    const [y, mo, d, h, mi, s, ms] = [date.slice(0, 4), date.slice(4, 6), date.slice(6), ...parts(time)]
    const isShown = shown?.target.name === table.name
    return [
      {
        run: `${date}T${time}Z-${hash}`,
        seq: isShown ? shown.seq : 0,
        at: Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}.${ms}Z`),
        rows: table.partitions.reduce((sum, { rows }) => sum + rows, 0),
        model: { sqlHash: '', inputs: {}, partitions: {}, table: table.name },
        shown: isShown,
        withdrawn: false,
        whole: true,
      },
    ]
  })
  return versions.sort((a, b) => b.at - a.at)
}

const parts = (time: string) => [time.slice(0, 2), time.slice(2, 4), time.slice(4, 6), time.slice(6)]
