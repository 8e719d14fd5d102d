import { statSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { lookForUndone } from '@droplake/local/pass'
import { sweep } from '@droplake/local/sweep'
import { type Counts, combine } from '@droplake/stage/cost/counts'
import { fit, type Sample } from '@droplake/stage/cost/fit'
import type { Meter } from '@droplake/stage/cost/measure'
import type { Measured } from '@droplake/stage/cost/price'
import { writeDelivery } from './delivery.ts'
import { type MeteredLake, openMeteredLake } from './metered-lake.ts'

/** Orders of the lake that is there before, and of the deliveries; `many` comes in so many times as many files. */
export const defaultSizes = { before: 1_500, small: 60, large: 600, parts: 4 }

/** What a stage's schedules do of themselves in a month of thirty days. */
const passes = 30 * 144
const sweeps = 30

export interface SampleMeasures extends Pick<Measured, 'rates' | 'standing' | 'livePerRaw'> {
  sizes: typeof defaultSizes
  samples: Record<'small' | 'large' | 'many', Sample>
}

/**
 * Runs generated deliveries through the pipeline, each in its own copy of one lake, and counts what AWS would bill. Takes
 * tens of seconds and some hundred megabytes of the temporary folder.
 */
export async function measureSample(tell: (line: string) => void, sizes = defaultSizes): Promise<SampleMeasures> {
  const folder = await mkdtemp(join(tmpdir(), 'droplake-cost-'))
  try {
    tell('measuring generated deliveries; first a lake of two years')
    const base = join(folder, 'lake')
    const first = await writeDelivery(join(folder, 'first'), {
      name: 'first',
      seed: 1,
      orders: sizes.before,
      whole: true,
    })
    const { standing, livePerRaw } = await inLake(base, async (lake) => {
      await measureDrop(lake, first)
      const { raw, live } = await bytesOf(lake)
      return { livePerRaw: live / raw, standing: await measureStanding(lake) }
    })

    const deliver = async (name: string, seed: number, orders: number, parts = 1): Promise<Sample> => {
      const files: string[] = []
      for (let part = 1; part <= parts; part++) {
        const id = `${name}_${part}`
        const delivery = { name: id, seed: seed * 10 + part, orders: orders / parts }
        files.push(...(await writeDelivery(join(folder, id), delivery)))
      }
      const copy = join(folder, `lake-${name}`)
      await cp(base, copy, { recursive: true, preserveTimestamps: true })
      return inLake(copy, (lake) => measureDrop(lake, files))
    }
    tell('a delivery of a day')
    const small = await deliver('small', 2, sizes.small)
    tell(`one of as many orders in ${sizes.parts} times as many files`)
    const many = await deliver('many', 3, sizes.small, sizes.parts)
    tell(`one of ${sizes.large / sizes.small} times as many orders`)
    const large = await deliver('large', 4, sizes.large)
    return { rates: fit({ small, large, many }), standing, livePerRaw, sizes, samples: { small, large, many } }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function inLake<T>(folder: string, use: (lake: MeteredLake) => Promise<T>): Promise<T> {
  const lake = await openMeteredLake(folder)
  try {
    return await use(lake)
  } finally {
    await lake.close()
  }
}

async function measureDrop(lake: MeteredLake, paths: string[]): Promise<Sample> {
  const before = await bytesOf(lake)
  const counts = await difference(lake.meter, async () => {
    const { runs } = await drop(lake, { paths })
    const bad = runs.find(({ status }) => status !== 'published')
    if (bad || runs.length !== 1)
      throw new Error(`cost: a generated delivery was not published, got ${bad?.status ?? `${runs.length} runs`}`)
  })
  const after = await bytesOf(lake)
  const gb = paths.reduce((sum, path) => sum + statSync(path).size, 0) / 1e9
  const written = { writtenBytes: after.written - before.written, writes: counts.writes + after.built - before.built }
  return { gb, files: paths.length, counts: { ...counts, ...written }, liveBytes: before.live }
}

async function difference(meter: Meter, work: () => Promise<unknown>): Promise<Counts> {
  const before = { ...meter.counts }
  await work()
  return combine((name) => meter.counts[name] - before[name])
}

/** A month without a run. The daily machine enters two states, and two for each dataset. */
async function measureStanding(lake: MeteredLake): Promise<Counts> {
  const { meter } = lake
  const look = await difference(meter, () => meter.call('wake', () => lookForUndone(lake.fx)))
  const round = await difference(meter, () => meter.call('sweep', () => sweep(lake)))
  const transitions = 2 + 2 * Object.keys(lake.fx.datasets).length
  return combine((name) => passes * look[name] + sweeps * (name === 'transitions' ? transitions : round[name]))
}

/** Bytes in the lake: raw files, what readers see, what was ever written beside the raw files; and files that statements built. */
async function bytesOf({ fx }: Lake): Promise<{ raw: number; live: number; written: number; built: number }> {
  const sizes = { raw: 0, live: 0, written: 0, built: 0 }
  const seen = new Set<string>()
  for (const dataset of Object.keys(fx.datasets)) {
    const { tables = [], views = [] } = (await fx.catalog.show(dataset)) ?? {}
    const viewed = new Set(views.map(({ target }) => `${target.database}.${target.name}`))
    for (const { database, name, partitions } of tables)
      if (!database.endsWith('_build') || viewed.has(`${database}.${name}`))
        for (const { files } of partitions) for (const file of files) seen.add(file)
  }
  for await (const { key, size } of fx.store.list('')) {
    if (key.startsWith('raw/')) sizes.raw += size
    else if (!key.startsWith('ops/catalog/')) sizes.written += size
    if (key.startsWith('curated/')) sizes.built += 1
    if (seen.has(key)) sizes.live += size
  }
  return sizes
}
