import { WrongFormat } from '@droplake/lake/format'
import { keys } from '@droplake/pipeline/keys'
import type { LakeState } from '@droplake/pipeline/lake-state'
import { entries, readState } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import { DamagedObject, findRecord, remedyFor } from '@droplake/pipeline/records'
import { openStored } from '@droplake/pipeline/stored-rows'

/** An object of the lake that is not what was written there. */
export interface Damage {
  key: string
  how: string
  /** What repairs it. */
  mend: string
  /** Readers and runs go on without it. */
  harmless?: true
}

/** What a look at every object that a dataset needs came to. */
export interface Look {
  /** Entries of the log, and data files that it names, which were looked at. */
  entries: number
  files: number
  damages: Damage[]
}

/**
 * Looks whether the log is a chain of whole entries, whether every file that its state names is there as it was written, and
 * whether every record beside them can be read. Throws `WrongFormat` for a lake of another format, and nothing of what it
 * looks at.
 */
export async function findDamage({ fx }: Pick<Place, 'fx'>, dataset: string): Promise<Look> {
  const look: Look = { entries: 0, files: 0, damages: [] }
  try {
    for await (const _ of entries(fx.store, dataset)) look.entries += 1
  } catch (error) {
    look.damages.push(damageOf(error))
  }
  let state: LakeState | undefined
  try {
    state = await readState(fx.store, dataset)
    // A checkpoint holds what came before it.
    for (const damage of look.damages) damage.harmless = true
  } catch (error) {
    if (!(error instanceof DamagedObject)) throw error
  }
  if (state) await lookAtFiles(fx, state, look)
  await lookAtRecords(fx, { dataset, state }, look)
  return look
}

function damageOf(error: unknown): Damage {
  if (!(error instanceof DamagedObject)) throw error
  const [, how = 'is damaged'] = /^lake: \S+ (is \w+);/.exec(error.message) ?? []
  return { key: error.key, how, mend: remedyFor(error.key) }
}

async function lookAtFiles({ store }: Place['fx'], state: LakeState, look: Look): Promise<void> {
  const sizes = new Map<string, number>()
  for (const zone of ['cleaned', 'enriched', 'curated'])
    for await (const { key, size } of store.list(`${zone}/${state.dataset}/`)) sizes.set(key, size)
  const needed = [
    ...[...Object.values(state.tables), ...Object.values(state.enriched)].flatMap(({ partitions }) =>
      Object.values(partitions).flatMap(({ files }) => files),
    ),
    ...Object.values(state.models).flatMap(({ partitions }) =>
      Object.values(partitions).flatMap(({ files }) => files.map((key) => ({ key, bytes: sizes.get(key) ?? 0 }))),
    ),
  ]
  for (const { key, bytes } of needed) {
    look.files += 1
    const size = sizes.get(key)
    const damage = (how: string) => look.damages.push({ key, how, mend: remedyFor(key) })
    if (size === undefined) damage('is gone')
    else if (size !== bytes) damage(`has ${size} bytes, where ${bytes} were written`)
    else
      try {
        if (!key.startsWith('curated/')) await openStored(store, { key, bytes })
      } catch (error) {
        look.damages.push(damageOf(error))
      }
  }
}

/** Records that a run may still need, or a person may still ask for. */
async function lookAtRecords(
  { store, catalog }: Place['fx'],
  { dataset, state }: { dataset: string; state: LakeState | undefined },
  look: Look,
): Promise<void> {
  const found: string[] = []
  for await (const { key } of store.list(keys.pending(dataset))) found.push(key)
  const run = state?.unfinished?.run
  if (run !== undefined) found.push(keys.plan(run))
  for (const ended of state?.ended ?? []) found.push(keys.report(ended.run))
  for (const key of found)
    try {
      await findRecord(store, key)
    } catch (error) {
      look.damages.push({ ...damageOf(error), harmless: true })
    }
  try {
    await catalog.show(dataset)
  } catch (error) {
    if (error instanceof WrongFormat) throw error
    const key = /^lake: (\S+) /.exec(error instanceof Error ? error.message : '')?.[1] ?? `ops/catalog/${dataset}/`
    look.damages.push({ key, how: 'is damaged', mend: remedyFor(key) })
  }
}
