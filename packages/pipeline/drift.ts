import { placesByName, plainName } from '@droplake/columnar/column-names'
import { fileColumns } from '@droplake/columnar/csv-profile'
import type { Dataset } from '@droplake/contracts/dataset'
import type { Table } from '@droplake/contracts/table'
import type { CrawledTable } from '@droplake/lake/catalog'
import type { LakeState, LoggedSource } from './lake-state.ts'
import { sourceName } from './markers.ts'

/** Files that were loaded with other columns than their contract names. Names that it does not know are counted, for they may be cells. */
export interface Drift {
  table: string
  /** What the crawler looked at: an object's key, or a folder's prefix. */
  key: string
  files: number
  records: number
  /** Columns of the files that the contract does not know. */
  dropped: number
  /** Columns of the contract that the files lack. */
  nulled: string[]
}

/** The run's taken sources whose header no earlier source of their table had. A shape is new in one run only. */
export function newShapes(state: Pick<LakeState, 'sources'>, run: string): LoggedSource[] {
  const shapeOf = ({ table, shape }: LoggedSource) => `${table} ${shape}`
  const taken = Object.values(state.sources).filter(({ outcome, shape }) => outcome === 'taken' && shape !== undefined)
  const known = new Set(taken.filter((source) => source.run !== run).map(shapeOf))
  return taken.filter((source) => source.run === run && !known.has(shapeOf(source)))
}

/**
 * How the columns that a crawler saw in `loaded` sources differ from the contracts by name; what it saw of other files is old
 * news. Types are not compared: a crawler guesses them from text, where one bad cell makes a number a string. A table
 * without any known name is left out: what the crawler took for its header may be a row.
 */
export function findDrift(
  dataset: Dataset,
  crawled: readonly CrawledTable[],
  loaded: readonly Pick<LoggedSource, 'key' | 'member' | 'table' | 'records'>[],
): Drift[] {
  return crawled.flatMap(({ key, columns }) => {
    const files = loaded.filter((source) => isAt(sourceName(source), key))
    const table = dataset.tables[files[0]?.table ?? '']
    const names = columns.map(({ name }) => name).filter((name) => !/^partition_\d+$/.test(name))
    if (!table || files.some((source) => source.table !== table.name)) return []
    const { dropped, nulled } = difference(table, names)
    if (dropped === names.length || dropped + nulled.length === 0) return []
    const records = files.reduce((sum, source) => sum + (source.records ?? 0), 0)
    return [{ table: table.name, key, files: files.length, records, dropped, nulled }]
  })
}

/** A crawler names one object, or the folder of several. */
const isAt = (key: string, crawled: string) => key === crawled || (crawled.endsWith('/') && key.startsWith(crawled))

function difference(table: Table, names: readonly string[]): Pick<Drift, 'dropped' | 'nulled'> {
  const contract = fileColumns(table)
  const places = placesByName(contract)
  const found = new Set(names.map((name) => places.get(plainName(name))))
  return {
    dropped: names.filter((name) => !places.has(plainName(name))).length,
    nulled: contract.flatMap(([name], place) => (found.has(place) ? [] : [name])),
  }
}

/** What a run's crawl came to: `ops/runs/<run>/crawl.json`. */
export interface CrawlRecord {
  crawler: string
  /** Why nothing could be compared. */
  error?: string
  drifts: Drift[]
}
