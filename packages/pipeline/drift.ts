import { placesByName, plainName } from '@droplake/columnar/column-names'
import { fileColumns } from '@droplake/columnar/csv-profile'
import type { Dataset } from '@droplake/contracts/dataset'
import { routeKey } from '@droplake/contracts/route'
import type { Table } from '@droplake/contracts/table'
import type { CrawledTable } from '@droplake/lake/catalog'

/** Where a table's raw files and its contract name other columns. */
export interface Drift {
  table: string
  /** What the crawler looked at: an object's key, or a folder's prefix. */
  key: string
  /** In the files, unknown to the contract. */
  added: string[]
  /** In the contract, missing from the files. */
  missing: string[]
}

/**
 * The tables whose crawled columns differ from their contract by name. Types are not compared: a crawler guesses them from
 * text, where one bad cell makes a number a string. A table without any known name is left out: what the crawler took for its
 * header may be a row, and its cells a person's.
 */
export function findDrift(dataset: Dataset, crawled: readonly CrawledTable[]): Drift[] {
  return crawled.flatMap(({ key, columns }) => {
    const table = routeKey({ [dataset.name]: dataset }, key)
    const names = columns.map(({ name }) => name).filter((name) => !/^partition_\d+$/.test(name))
    if (!table) return []
    const { added, missing } = difference(table, names)
    const isKnown = added.length < names.length
    return isKnown && added.length + missing.length > 0 ? [{ table: table.name, key, added, missing }] : []
  })
}

function difference(table: Table, names: readonly string[]): Pick<Drift, 'added' | 'missing'> {
  const contract = fileColumns(table)
  const places = placesByName(contract)
  const found = new Set(names.map((name) => places.get(plainName(name))))
  return {
    added: names.filter((name) => !places.has(plainName(name))),
    missing: contract.flatMap(([name], place) => (found.has(place) ? [] : [name])),
  }
}

/** What a run's crawl came to: `ops/runs/<run>/crawl.json`. */
export interface CrawlRecord {
  crawler: string
  /** Why nothing could be compared. */
  error?: string
  drifts: Drift[]
}
