import type { CsvProfile } from '@droplake/columnar/profile-csv'
import type { Io } from './io.ts'
import type { DataFile, PartitionVersion, SourceOutcome, TableState } from './lake-state.ts'
import { mostItems } from './plan.ts'
import type { TableFailure } from './table-records.ts'

/** Index: where a large source may be cut; `whole`: nowhere, for it is packed, though its name did not say so. */
export type IndexRecord = { profile: CsvProfile; io: Io } | { unreadable: string; io: Io } | { whole: true; io: Io }

/** Rows of one source and one partition in a staged file. */
export interface StagedGroup {
  partition: string
  rowGroup: number
  rows: number
  /** Set where the rows are those of one slot of `hashSlots` only, by the low bits of the key hash. */
  slot?: number
}

/** Slots into which Clean divides many rows of one partition, so that a Dedupe unit need not read all of them. */
export const hashSlots = 16

/** The bucket or slot of a key hash; `of` is a power of two. */
export const bucketOf = (hash: bigint, of: number) => Number(BigInt.asUintN(32, hash)) & (of - 1)

/** Whether rows of a staged group may fall into a bucket. */
export function mayHold(group: StagedGroup, bucket: number, buckets: number): boolean {
  const shared = Math.min(buckets, hashSlots)
  return group.slot === undefined || group.slot % shared === bucket % shared
}

/** What Clean found in one source, or in one slice of it. */
export interface CleanedSource {
  /** Index into the plan's sources. */
  source: number
  /** Set when the announced bytes are there no more: a program wrote on in the file, or it was deleted. */
  gone?: string
  /** Set when the bytes themselves prove that this is not what the contract says. */
  unreadable?: string
  sha256?: string
  /** See `CsvProfile.shape`. */
  shape?: string
  records: number
  rows: number
  blank: number
  quarantined: number
  /** Quarantined rows by reason and column: `not_a_number in price`. */
  reasons: Record<string, number>
  warnings: string[]
  groups: StagedGroup[]
}

const mostWarnings = 20

/** The first warnings of a source, and how many more there are: the log, the report and the console hold no more of them. */
export function fewWarnings(warnings: readonly string[]): string[] {
  const counted = warnings.map((warning) => /^… and (\d+) more$/.exec(warning)?.[1])
  const plain = warnings.filter((_, n) => counted[n] === undefined)
  const more = plain.slice(mostWarnings).length + counted.reduce((sum, count) => sum + Number(count ?? 0), 0)
  return [...plain.slice(0, mostWarnings), ...(more > 0 ? [`… and ${more} more`] : [])]
}

export interface CleanRecord {
  sources: CleanedSource[]
  staged: { key: string; bytes: number }
  quarantine?: string
  io: Io
}

/** Accept: which sources count, and the units of work that follow. */
export interface AcceptRecord {
  sources: { source: number; outcome: SourceOutcome | 'deferred'; error?: string; rejected?: number }[]
  units: DedupeUnit[]
  /** Keys (by hash) whose rows lie in more than one partition, with those partitions. */
  movers: Record<string, string[]>
}

export interface DedupeUnit {
  partition: string
  bucket: number
  buckets: number
}

/** What became of one unit. */
export interface DedupedUnit {
  unit: DedupeUnit
  /** False when nothing changed: the stored files stay what they are. */
  changed: boolean
  /** Of this bucket only; in the new version's folder when something changed. */
  files: DataFile[]
  kept: number
  duplicate: number
  repaired: number
  replaced: number
  /** By source id: dropped rows whose key another row of the same file has with other values. */
  conflicts?: Record<string, number>
}

export interface DedupeRecord {
  units: DedupedUnit[]
  io: Io
}

/** One Map item's share of the units: a Map is given at most `mostItems`. */
export function shareOf<T>(units: readonly T[], item: number): T[] {
  return units.filter((_, n) => n % mostItems === item)
}

/** Last item of the Map over these units; -1 when there is nothing to do. */
export const lastItemOf = (units: readonly unknown[]) => Math.min(units.length, mostItems) - 1

/** Enrich: the units of work, and the cleaned tables as they will be after this run's Ingest. */
export interface EnrichPlan {
  units: { table: string; partition: string }[]
  tables: Record<string, TableState>
}

/** What one item of Enrich wrote: the enriched partitions that its units' rows lie in. */
export interface EnrichRecord {
  units: { table: string; partition: string; written: Record<string, PartitionVersion> }[]
}

/** Ingest: what the run left as it was. */
export interface IngestRecord {
  /** Tables that a step failed for. */
  failed: Record<string, TableFailure>
  /** Enriched tables that lack what the run changed. */
  behind: string[]
}
