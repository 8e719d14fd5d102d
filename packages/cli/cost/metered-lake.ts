import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Catalog } from '@droplake/lake/catalog'
import { memoryNotifier } from '@droplake/lake/memory-notifier'
import { type Lake, openLake } from '@droplake/local/lake'
import { createMeter, type Meter, type Scan } from '@droplake/stage/cost/measure'

export interface MeteredLake extends Lake {
  meter: Meter
}

/** A lake that counts what AWS would bill for its runs. One thread, so that processor time can be told apart. */
export async function openMeteredLake(folder: string): Promise<MeteredLake> {
  let uncounted: Catalog | undefined
  const meter = createMeter((sql) => scanOf(sql, uncounted, folder))
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
  uncounted = lake.fx.catalog
  lake.fx.catalog = meter.catalog(lake.fx.catalog)
  lake.fx.engine = meter.engine(lake.fx.engine)
  return { ...lake, meter }
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
