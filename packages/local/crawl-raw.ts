import { routeKey } from '@droplake/contracts/route'
import type { CrawledTable } from '@droplake/lake/catalog'
import { crawlKey } from '@droplake/lake/file-catalog'
import { sniffCsv } from '@droplake/lake/sniff-csv'
import { type DataEffects, database } from '@droplake/pipeline/effects'
import { replaceRecord } from '@droplake/pipeline/records'

/** Files of one table that are looked at, the newest first: a crawl is no full read. */
const filesOfTable = 3

/**
 * The laptop's crawler: infers names and types from the raw files of the dataset that a crawler's name stands for, as
 * Glue's does from the same prefix, and leaves them where `Catalog.crawled` finds them.
 */
export async function crawlRaw(fx: DataEffects, crawler: string): Promise<void> {
  const dataset = Object.values(fx.datasets).find(({ name }) => database(fx, name, 'raw') === crawler)
  if (!dataset) throw Object.assign(new Error(`no crawler ${crawler}`), { name: 'Glue.EntityNotFoundException' })
  const objects: { key: string; lastModified: number }[] = []
  for (const folder of dataset.rawFolders)
    for await (const { key, lastModified } of fx.store.list(`raw/${folder}/`)) objects.push({ key, lastModified })
  const byTable = new Map<string, string[]>()
  for (const { key } of objects.sort((a, b) => b.lastModified - a.lastModified)) {
    const table = routeKey(fx.datasets, key)?.name
    const chosen = byTable.get(table ?? key) ?? []
    if (chosen.length < filesOfTable && !key.endsWith('.zip')) byTable.set(table ?? key, [...chosen, key])
  }
  const keys = [...byTable.values()].flat()
  const sniffed = await sniffCsv(keys.map((key) => fx.store.locate(key)))
  const tables = keys.flatMap((key): CrawledTable[] => {
    const columns = sniffed.get(fx.store.locate(key))
    return columns ? [{ name: tableName(key), key, columns }] : []
  })
  await replaceRecord(fx.store, crawlKey(dataset.name), tables)
}

/** As Glue names a table after its file. */
const tableName = (key: string) => (key.split('/').at(-1) ?? key).toLowerCase().replace(/[^a-z0-9]+/g, '_')
