import { statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Catalog } from '@droplake/lake/catalog'
import { memoryNotifier } from '@droplake/lake/memory-notifier'
import { drop } from '@droplake/local/drop'
import { type Lake, openLake } from '@droplake/local/lake'
import { lookForUndone } from '@droplake/local/pass'
import { sweep } from '@droplake/local/sweep'
import { type Counts, combine } from '@droplake/stage/cost/counts'
import { fit, type Sample } from '@droplake/stage/cost/fit'
import { createMeter, type Meter, type Scan } from '@droplake/stage/cost/measure'
import type { Measured } from '@droplake/stage/cost/price'
import { writeDelivery } from './delivery.ts'

/** Orders of the deliveries: a lake that is there already, one delivery, a large one, and one in four times as many files. */
const sizes = { before: 600, small: 60, large: 600, parts: 4 }
/** What a stage's schedules do of themselves in a month of thirty days. */
const passes = 30 * 144
const sweeps = 30

export interface SampleMeasures extends Pick<Measured, 'rates' | 'standing' | 'livePerRaw'> {
  samples: Record<'small' | 'large' | 'many', Sample>
}

/** Runs generated deliveries through the pipeline in a lake of its own, and counts what AWS would bill. Tens of seconds. */
export async function measureSample(tell: (line: string) => void): Promise<SampleMeasures> {
  const folder = await mkdtemp(join(tmpdir(), 'droplake-cost-'))
  let lake: MeteredLake | undefined
  try {
    lake = await openMeteredLake(join(folder, 'lake'))
    const at = lake
    let seed = 1
    const deliver = async (name: string, orders: number, parts = 1): Promise<Sample> => {
      const files: string[] = []
      for (let part = 1; part <= parts; part++)
        files.push(
          ...(await writeDelivery(join(folder, `${name}${part}`), {
            name: `${name}${part}`,
            seed: seed++,
            orders: orders / parts,
          })),
        )
      return measureDrop(at, files)
    }
    tell('measuring a lake of generated files: the first delivery')
    await deliver('before', sizes.before)
    tell('a small delivery')
    const small = await deliver('small', sizes.small)
    tell('the same in four times as many files')
    const many = await deliver('many', sizes.small, sizes.parts)
    tell('a delivery ten times as large')
    const large = await deliver('large', sizes.large)
    const { raw, live } = await bytesOf(lake)
    return {
      rates: fit({ small, large, many }),
      standing: await measureStanding(lake),
      livePerRaw: live / raw,
      samples: { small, large, many },
    }
  } finally {
    await lake?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface MeteredLake extends Lake {
  meter: Meter
}

/** One thread, so that processor time can be told apart. */
async function openMeteredLake(folder: string): Promise<MeteredLake> {
  let uncounted: Pick<Lake['fx'], 'catalog'> | undefined
  const meter = createMeter((sql) => scanOf(sql, uncounted?.catalog, folder))
  const lake = await openLake({
    folder,
    workers: 0,
    sync: false,
    settings: { settleSeconds: 0 },
    notifier: meter.notifier(memoryNotifier()),
    wrapStore: meter.store,
    wrapQuery: meter.query,
    wrapInvoke: meter.call,
    onEvent: meter.event,
  })
  uncounted = { catalog: lake.fx.catalog }
  lake.fx.catalog = meter.catalog(lake.fx.catalog)
  lake.fx.engine = meter.engine(lake.fx.engine)
  return { ...lake, meter }
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

/** Bytes in the lake: raw files, what readers see, all that was ever written; and files that the query engine has built. */
async function bytesOf({ fx }: Lake): Promise<{ raw: number; live: number; written: number; built: number }> {
  const sizes = { raw: 0, live: 0, written: 0, built: 0 }
  const seen = new Set<string>()
  for (const dataset of Object.keys(fx.datasets))
    for (const { partitions } of (await fx.catalog.show(dataset))?.tables ?? [])
      for (const { files } of partitions) for (const file of files) seen.add(file)
  for await (const { key, size } of fx.store.list('')) {
    if (key.startsWith('raw/')) sizes.raw += size
    else if (!key.startsWith('ops/catalog/')) sizes.written += size
    if (key.startsWith('curated/')) sizes.built += 1
    if (seen.has(key)) sizes.live += size
  }
  return sizes
}

/** Whole files of every table that the statement names: Athena reads only the columns it needs, so this is the most. */
async function scanOf(sql: string, catalog: Catalog | undefined, folder: string): Promise<Scan> {
  const files = new Set<string>()
  for (const [, database = '', name] of sql.matchAll(/"(\w+)"\."(\w+)"/g)) {
    const state = await catalog?.show(database.slice(0, database.lastIndexOf('_')))
    const view = state?.views.find((each) => each.database === database && each.name === name)
    const target = view?.target ?? { database, name }
    const table = state?.tables.find((each) => each.database === target.database && each.name === target.name)
    for (const partition of table?.partitions ?? []) for (const file of partition.files) files.add(file)
  }
  const bytes = [...files].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  return { bytes, files: files.size, folders: new Set([...files].map(dirname)).size }
}
