import { type CsvProfile, profileCsv } from '@droplake/columnar/profile-csv'
import { Unreadable } from '@droplake/columnar/unreadable'
import type { Table } from '@droplake/contracts/table'
import { ObjectNotFound, type ObjectStore } from '@droplake/lake/object-store'
import type { Settings } from '@droplake/pipeline/effects'
import { explain, findFailure } from '@droplake/pipeline/failures'
import { keys } from '@droplake/pipeline/keys'
import { type Source, sourceName } from '@droplake/pipeline/markers'
import type { Item, Plan } from '@droplake/pipeline/plan'
import { fileNameOf, openSource, readSource } from '@droplake/pipeline/read-source'
import { findRecord } from '@droplake/pipeline/records'
import type { IndexRecord } from '@droplake/pipeline/step-records'

/** The part of a source that one item reads: whole records, with what was decided for the whole file. */
export interface CsvPart {
  profile: CsvProfile
  chunks: AsyncIterable<Uint8Array>
  /** Of the first byte, in the plain file. */
  offset: number
  /** Records before it. */
  row: number
  last: boolean
  /** The part that speaks for the whole file: the first slice. */
  first: boolean
}

/** What reading a file depends on beside the file and its table. */
interface Reading {
  siblings: readonly Table[]
  settings: Settings
}

/** A slice as Index cut it; undefined when the file has fewer cuts than was foreseen. Throws `Unreadable` as Index found it. */
export async function openSlice(
  store: ObjectStore,
  plan: Plan,
  at: Reading & { table: Table; source: number; slice: NonNullable<Item['slice']> },
): Promise<CsvPart | undefined> {
  const source = plan.sources[at.source] as Source
  const table = at.table.name
  const large = plan.tables[table]?.large.indexOf(at.source) ?? -1
  const index = await findRecord<IndexRecord>(store, keys.index(plan.run, table, large))
  if (!index) {
    const failure = await findFailure(store, plan.run, { step: 'Index', table, item: large })
    if (failure.name === 'ObjectNotFound') throw new ObjectNotFound(source.key, source.version)
    const why = explain(failure, { step: 'Index', of: sourceName(source) })
    const error = new Error(`clean: ${sourceName(source)} was not indexed, so its slices are not known: ${why}`)
    throw Object.assign(error, { name: failure.name })
  }
  if ('unreadable' in index) throw new Unreadable(index.unreadable)
  if ('whole' in index) return at.slice.number === 0 ? openWhole(store, at.table, { ...at, source }) : undefined
  const { profile } = index
  const cut = profile.cuts[at.slice.number]
  if (!cut) return undefined
  const next = profile.cuts[at.slice.number + 1]
  const chunks = readSource(store, source, { start: cut.offset, end: next?.offset ?? source.bytes })
  return { profile, chunks, offset: cut.offset, row: cut.row, last: !next, first: at.slice.number === 0 }
}

/** A whole source, decompressed: read once for its profile and once for its rows. */
export async function openWhole(
  store: ObjectStore,
  table: Table,
  { source, siblings, settings }: Reading & { source: Source },
): Promise<CsvPart> {
  const fileName = fileNameOf(source)
  const plain = () => openSource(store, source, settings)
  const profile = await profileCsv(table, plain(), { sliceBytes: Number.MAX_SAFE_INTEGER, fileName, siblings })
  const offset = profile.cuts[0]?.offset ?? 0
  return { profile, chunks: skip(plain(), offset), offset, row: 0, last: true, first: true }
}

async function* skip(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
