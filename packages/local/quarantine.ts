import type { Place } from '@droplake/pipeline/place'
import type { quarantineColumns } from '@droplake/pipeline/staged'
import { openStored } from '@droplake/pipeline/stored-rows'
import { newestEntries } from './newest-entries.ts'

/** One rejected record. */
export interface QuarantinedRow {
  dataset: string
  table: string
  runId: string
  reason: string
  /** Null where the record as a whole is the reason. */
  column: string | null
  /** Key of the raw object. */
  source: string
  /** Record in it, from 1. */
  row: number
  text: string
  encoding: string
  /** First byte of the record in the plain file. */
  offset: number
  /** bytes */
  length: number
}

/** Rejected records of one reason and column in one table and run. */
export interface QuarantineGroup {
  dataset: string
  table: string
  runId: string
  reason: string
  column: string | null
  count: number
  example: { source: string; row: number; text: string }
}

export interface QuarantineFilter {
  run?: string
  table?: string
  reason?: string
}

const names = [
  'source',
  'source_file',
  'source_row',
  'reason',
  'column',
  'text',
  'encoding',
  'offset',
  'length',
] as const satisfies (keyof typeof quarantineColumns)[]

/**
 * Rejected records of a dataset, as the log names their files, newest run first. Only records of sources that their run
 * took, or set aside for them, count: what else lies in the files was never decided about.
 */
export async function* quarantinedRows(
  lake: Pick<Place, 'fx'>,
  dataset: string,
  filter: QuarantineFilter = {},
): AsyncIterable<QuarantinedRow> {
  for await (const entry of newestEntries(lake.fx.store, dataset)) {
    if (filter.run !== undefined && entry.run !== filter.run) continue
    if (filter.run !== undefined && entry.kind === 'begin') return
    if (entry.kind !== 'ingest') continue
    const decided = entry.sources.filter(({ outcome, rejected }) => outcome === 'taken' || rejected)
    const taken = new Set(decided.map(({ id }) => id))
    for (const key of entry.quarantine) {
      const table = key.split('/')[2] ?? ''
      if (filter.table !== undefined && table !== filter.table) continue
      for await (const { sourceId, ...row } of rowsOfFile(lake, key)) {
        if (!taken.has(sourceId) || (filter.reason !== undefined && row.reason !== filter.reason)) continue
        yield { dataset, table, runId: entry.run, ...row }
      }
    }
  }
}

async function* rowsOfFile(lake: Pick<Place, 'fx'>, key: string) {
  const { store } = lake.fx
  const info = await store.head(key)
  if (!info) throw new Error(`quarantine: the log names ${key}, which is gone; restore the file`)
  const parquet = await openStored(store, { key, bytes: info.size })
  for (let group = 0; group < parquet.rowGroups.length; group++) {
    const [
      sources = [],
      files = [],
      rows = [],
      reasons = [],
      columns = [],
      texts = [],
      encodings = [],
      offsets = [],
      lengths = [],
    ] = await parquet.readGroup(group, names)
    for (let n = 0; n < sources.length; n++)
      yield {
        sourceId: String(sources[n]),
        source: String(files[n]),
        row: Number(rows[n]),
        reason: String(reasons[n]),
        column: columns[n] === null ? null : String(columns[n]),
        text: String(texts[n]),
        encoding: String(encodings[n]),
        offset: Number(offsets[n]),
        length: Number(lengths[n]),
      }
  }
}

/**
 * Rejected records in groups, newest run first, then the greatest group.
 */
export async function quarantineGroups(
  lake: Pick<Place, 'fx'>,
  dataset: string,
  filter: QuarantineFilter = {},
): Promise<QuarantineGroup[]> {
  const groups = new Map<string, QuarantineGroup>()
  for await (const { table, runId, reason, column, source, row, text } of quarantinedRows(lake, dataset, filter)) {
    const id = JSON.stringify([runId, table, reason, column])
    const group = groups.get(id)
    if (group) group.count += 1
    else {
      const example = { source, row, text }
      groups.set(id, { dataset, table, runId, reason, column, count: 1, example })
    }
  }
  return [...groups.values()].sort(
    (a, b) => compare(b.runId, a.runId) || b.count - a.count || compare(nameOf(a), nameOf(b)),
  )
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const nameOf = ({ table, reason, column }: QuarantineGroup) => [table, reason, column].join(' ')
