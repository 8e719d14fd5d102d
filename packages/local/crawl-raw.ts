import { join } from 'node:path'
import { placesByName, plainName } from '@droplake/columnar/column-names'
import { fileColumns } from '@droplake/columnar/csv-profile'
import { openPlain } from '@droplake/columnar/decompress'
import type { CrawledTable } from '@droplake/lake/catalog'
import { crawlKey } from '@droplake/lake/file-catalog'
import type { ByteRange } from '@droplake/lake/object-store'
import { type SniffedColumn, sniffCsv, sniffedBytes } from '@droplake/lake/sniff-csv'
import { newShapes } from '@droplake/pipeline/drift'
import { type DataEffects, database, tableOf } from '@droplake/pipeline/effects'
import type { LoggedSource } from '@droplake/pipeline/lake-state'
import { readState } from '@droplake/pipeline/log'
import { sourceName } from '@droplake/pipeline/markers'
import { replaceRecord } from '@droplake/pipeline/records'

/** Files of one table that are looked at: a crawl is no full read. */
const filesOfTable = 3

/**
 * The laptop's crawler: infers names and types from the beginnings of raw files, as Glue's crawler does from the prefix of
 * the dataset that its name stands for, and leaves them where `Catalog.crawled` finds them. It looks at files of the
 * shapes that are new in the run under way. A name that the contract does not know may be a cell, and is left out.
 */
export async function crawlRaw(fx: DataEffects, crawler: string, lake: string): Promise<void> {
  const dataset = Object.values(fx.datasets).find(({ name }) => database(fx, name, 'raw') === crawler)
  if (!dataset) throw Object.assign(new Error(`no crawler ${crawler}`), { name: 'Glue.EntityNotFoundException' })
  const state = await readState(fx.store, dataset.name)
  const chosen = new Map<string, LoggedSource[]>()
  for (const source of newShapes(state, state.unfinished?.run ?? '')) {
    const others = chosen.get(source.table) ?? []
    const isSeen = others.some(({ shape }) => shape === source.shape)
    if (!isSeen && others.length < filesOfTable) chosen.set(source.table, [...others, source])
  }
  const sources = [...chosen.values()].flat()
  const sniffed = await sniffCsv(heads(fx, sources), join(lake, '.tmp'))
  const tables = sources.flatMap((source, n): CrawledTable[] => {
    const columns = sniffed[n]
    const [key, table] = [sourceName(source), source.table]
    return columns
      ? [{ name: tableName(key), key, columns: nameless(fx, { dataset: dataset.name, table }, columns) }]
      : []
  })
  await replaceRecord(fx.store, crawlKey(dataset.name), tables)
}

async function* heads({ store }: DataEffects, sources: readonly LoggedSource[]): AsyncIterable<Uint8Array> {
  for (const source of sources) {
    const { key, member, bytes, archiveBytes: size = bytes } = source
    const file = { size, read: (range: ByteRange) => store.read(key, { range }) }
    const parts: Uint8Array[] = []
    let length = 0
    try {
      for await (const part of openPlain(key, file, member === undefined ? {} : { member })) {
        parts.push(part)
        length += part.length
        if (length >= sniffedBytes) break
      }
    } catch {
      // It was cut off, as an archive, or is gone: what could be read of it is all there is.
    }
    yield Buffer.concat(parts)
  }
}

function nameless(
  fx: DataEffects,
  at: { dataset: string; table: string },
  columns: readonly SniffedColumn[],
): CrawledTable['columns'] {
  const places = placesByName(fileColumns(tableOf(fx, at.dataset, at.table)))
  return columns.map(({ name, type }, n) => ({ name: places.has(plainName(name)) ? name : `unknown_${n}`, type }))
}

/** As Glue names a table after its file. */
const tableName = (key: string) => (key.split('/').at(-1) ?? key).toLowerCase().replace(/[^a-z0-9]+/g, '_')
