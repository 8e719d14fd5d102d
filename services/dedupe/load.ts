import type { Cell } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import type { ObjectStore } from '@droplake/lake/object-store'
import type { DataFile, PartitionVersion, TableState } from '@droplake/pipeline/lake-state'
import { type Layout, readCleaned } from '@droplake/pipeline/layouts'
import { arrivalOf, type Source } from '@droplake/pipeline/markers'
import type { Plan } from '@droplake/pipeline/plan'
import { identity, stagedColumns } from '@droplake/pipeline/staged'
import {
  type AcceptRecord,
  bucketOf,
  type CleanRecord,
  type DedupeUnit,
  mayHold,
} from '@droplake/pipeline/step-records'
import { openAs, openStored, type ReadAs } from '@droplake/pipeline/stored-rows'
import { type Candidates, foreign, noCandidates, type Origin, staged, stored } from './winners.ts'

/** Everything of one run and table that its units share. */
export interface TableWork {
  store: ObjectStore
  table: Table
  plan: Plan
  state: TableState | undefined
  /** Of the files that are written. */
  layout: Layout
  accepted: AcceptRecord
  items: CleanRecord[]
}

/** The competing rows of one unit, and the whole cells of the new ones. */
export interface Loaded {
  rows: Candidates
  /** Staged columns of the new rows, in the order of the candidates with origin `staged`. */
  fresh: Cell[][]
  /** Source of each new row. */
  freshSource: Source[]
  /** Stored files of this unit, with the range of candidates that each one's rows are. */
  files: { file: DataFile; from: number; to: number }[]
  /** How those files are read. */
  as: ReadAs | undefined
}

export async function loadUnit(work: TableWork, unit: DedupeUnit): Promise<Loaded> {
  const { table, accepted, state } = work
  const rows = noCandidates(identity(table).length)
  const version = state?.partitions[unit.partition]
  const as = version && readCleaned(table, state, version)
  const fresh = Object.keys(stagedColumns(table)).map(() => [])
  const loaded: Loaded = { rows, fresh, freshSource: [], files: [], as }
  const numberOf = fileNumbers(rows)
  const inBucket = (hash: bigint) => bucketOf(hash, unit.buckets) === unit.bucket

  for (const file of version?.files ?? []) {
    if (keepsBuckets(version, unit, as) && file.bucket !== unit.bucket) continue
    const from = rows.hash.length
    await addStored(work, { file, as, origin: stored, wanted: inBucket, rows, numberOf })
    loaded.files.push({ file, from, to: rows.hash.length })
  }
  await addStaged(work, { unit, partition: unit.partition, origin: staged, wanted: inBucket, rows, numberOf, loaded })

  const rivals = new Map<string, Set<bigint>>()
  for (const [hash, partitions] of Object.entries(accepted.movers)) {
    if (!partitions.includes(unit.partition) || !inBucket(BigInt(hash))) continue
    for (const partition of partitions)
      if (partition !== unit.partition) rivals.set(partition, (rivals.get(partition) ?? new Set()).add(BigInt(hash)))
  }
  for (const [partition, hashes] of rivals) {
    const wanted = (hash: bigint) => hashes.has(hash)
    const other = state?.partitions[partition]
    const otherAs = other && readCleaned(table, state, other)
    for (const file of other?.files ?? [])
      await addStored(work, { file, as: otherAs, origin: foreign, wanted, rows, numberOf })
    await addStaged(work, { unit, partition, origin: foreign, wanted, rows, numberOf })
  }
  return loaded
}

/** Whether the rows of one bucket lie in the stored files of that bucket. */
export const keepsBuckets = (version: PartitionVersion | undefined, unit: DedupeUnit, as: ReadAs | undefined) =>
  version?.buckets === unit.buckets && as?.rehash === undefined

type NumberOf = (arrival: number, place: number) => number

function fileNumbers(rows: Candidates): NumberOf {
  const known = new Map<string, number>()
  return (arrival, place) => {
    const name = `${arrival} ${place}`
    const number = known.get(name)
    if (number !== undefined) return number
    known.set(name, rows.files.length)
    return rows.files.push({ arrival, place }) - 1
  }
}

/** Stored rows were taken before every source of the plan. */
const storedPlace = -1

const rankColumn = (table: Table) => (typeof table.dedupe === 'object' ? [table.dedupe.greatest] : [])

async function addStored(
  { store, table }: TableWork,
  from: {
    file: DataFile
    as: ReadAs | undefined
    origin: Origin
    wanted: (hash: bigint) => boolean
    rows: Candidates
    numberOf: NumberOf
  },
): Promise<void> {
  const { rows, numberOf, wanted, origin } = from
  const names = identity(table)
  const columns = ['_key_hash', '_source_arrived_at', '_source_row', ...names, ...rankColumn(table)]
  const parquet = await openAs(store, from.file, from.as)
  for (let group = 0; group < parquet.rowGroups.length; group++) {
    const [hashes = [], arrivals = [], numbers = [], ...cells] = await parquet.readGroup(group, columns)
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i] as bigint
      if (!wanted(hash)) continue
      rows.origin.push(origin)
      rows.hash.push(hash)
      rows.file.push(numberOf(arrivals[i] as number, storedPlace))
      rows.row.push(Number(numbers[i]))
      for (let c = 0; c < names.length; c++) rows.identity[c]?.push(cells[c]?.[i] ?? null)
      rows.greatest.push(cells[names.length]?.[i] ?? null)
    }
  }
}

async function addStaged(
  { store, table, plan, accepted, items }: TableWork,
  from: {
    unit: DedupeUnit
    partition: string
    origin: Origin
    wanted: (hash: bigint) => boolean
    rows: Candidates
    numberOf: NumberOf
    loaded?: Loaded
  },
): Promise<void> {
  const { rows, numberOf, wanted, origin, loaded } = from
  const taken = new Set(accepted.sources.filter(({ outcome }) => outcome === 'taken').map(({ source }) => source))
  const all = Object.keys(stagedColumns(table))
  const names = loaded ? all : [...new Set(['_key_hash', '_source_row', ...identity(table), ...rankColumn(table)])]
  const at = (name: string) => names.indexOf(name)
  const identityAt = identity(table).map(at)
  const rankAt = rankColumn(table).map(at)[0] ?? -1
  for (const item of items) {
    const wantedGroups = item.sources.flatMap((found) =>
      taken.has(found.source)
        ? found.groups
            .filter(
              (group) => group.partition === from.partition && mayHold(group, from.unit.bucket, from.unit.buckets),
            )
            .map((group) => ({ found, group }))
        : [],
    )
    if (wantedGroups.length === 0) continue
    const parquet = await openStored(store, item.staged)
    for (const { found, group } of wantedGroups) {
      const source = plan.sources[found.source] as Source
      const file = numberOf(arrivalOf(source), found.source)
      const cells = await parquet.readGroup(group.rowGroup, names)
      const hashes = cells[at('_key_hash')] ?? []
      const numbers = cells[at('_source_row')] ?? []
      for (let i = 0; i < hashes.length; i++) {
        const hash = hashes[i] as bigint
        if (!wanted(hash)) continue
        rows.origin.push(origin)
        rows.hash.push(hash)
        rows.file.push(file)
        rows.row.push(Number(numbers[i]))
        for (let c = 0; c < identityAt.length; c++) rows.identity[c]?.push(cells[identityAt[c] as number]?.[i] ?? null)
        rows.greatest.push(cells[rankAt]?.[i] ?? null)
        if (!loaded) continue
        for (let c = 0; c < all.length; c++) loaded.fresh[c]?.push(cells[c]?.[i] ?? null)
        loaded.freshSource.push(source)
      }
    }
  }
}
