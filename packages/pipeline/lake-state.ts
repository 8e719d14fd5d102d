import type { PublishedModel } from '@droplake/models/stale'
import type { Layout } from './layouts.ts'

/** Who runs a run; only its liveness is ever asked. */
export type Holder =
  | {
      kind: 'local'
      host: string
      boot: string
      /** In which the pid counts: containers of one machine number their own processes. Absent in older logs. */
      pidNamespace?: string
      pid: number
      started: string
      execution: string
    }
  | { kind: 'step-functions'; execution: string }

export interface DataFile {
  key: string
  bucket: number
  rows: number
  bytes: number
}

/** One version of one partition of a cleaned or enriched table. */
export interface PartitionVersion {
  /** Key prefix that ends with `/`; all files lie directly in it. */
  location: string
  /** Rows are spread over this many files by key hash; a power of two. */
  buckets: number
  files: DataFile[]
  rows: number
  /** Names the layout that its files have; absent without files. */
  layout?: string
}

export type SourceOutcome = 'taken' | 'duplicate' | 'empty' | 'set_aside'

export interface LoggedSource {
  id: string
  /** That decided about it. */
  run: string
  key: string
  /** As in `Source`. */
  member?: string
  place?: number
  archiveBytes?: number
  table: string
  etag: string
  bytes: number
  lastModified: number
  /** As in its pending record; absent in older logs. */
  arrival?: number
  digest?: string
  outcome: SourceOutcome
  sha256?: string
  /** Hash of its columns' names: see `CsvProfile.shape`. */
  shape?: string
  records?: number
  /** Rows in quarantine of a source that was set aside because it had no others. */
  rejected?: number
  error?: string
  warnings?: string[]
}

export interface TableCounts {
  records: number
  rowsIn: number
  kept: number
  duplicate: number
  quarantined: number
  blank: number
  repaired: number
  replaced: number
  rowsTotal: number
}

/** What an ingest changes in one table: only its touched partitions. */
export interface TableChange {
  partitions: Record<string, PartitionVersion>
  /** Those that the partitions name and no file had before. */
  layouts?: Record<string, Layout>
  counts?: TableCounts
}

export type RunStatus = 'published' | 'held' | 'failed' | 'empty'

export type Purpose = 'pipeline' | 'sweep' | 'rollback'

/** A version of a model, by who published it. */
export interface VersionName {
  run: string
  /** Of the `publish` entry. */
  seq: number
  at: number
  rows: number
}

/** Keeps a model at an earlier version, however its inputs change. */
export interface Pin {
  /** Of the rollback. */
  at: number
  /** That published the version. */
  run: string
  /** Of the newest version: only other SQL than this is built. */
  sqlHash: string
}

/**
 * A model that somebody moved to another version. Without a pin it follows its inputs again: `to` is its newest version, or
 * the one that was shown before.
 */
export interface Rollback {
  model: string
  from: VersionName
  to: VersionName
  /** What `to` published. */
  version: PublishedModel
  pin?: Pin
}

export type LogEntry =
  | { kind: 'begin'; run: string; holder: Holder; purpose: Purpose }
  | {
      kind: 'ingest'
      run: string
      sources: LoggedSource[]
      tables: Record<string, TableChange>
      enriched: Record<string, TableChange>
      quarantine: string[]
      /** Enriched tables that lack what this ingest changed: the next one makes them whole. */
      behind?: string[]
    }
  | { kind: 'publish'; run: string; models: Record<string, PublishedModel> }
  | ({ kind: 'rollback'; run: string } & Rollback)
  | { kind: 'end'; run: string; status: RunStatus }

/** An entry as stored: numbered, dated, with the format of the lake, and at every 50th with the whole state after it. */
export type StoredEntry = LogEntry & { seq: number; at: number; format?: number; state?: LakeState }

export interface TableState {
  partitions: Record<string, PartitionVersion>
  /** By the names that partitions have for them, in the order of their last write. */
  layouts?: Record<string, Layout>
  /** Log entry of the last change. */
  seq: number
  /** Of an enriched table: rows that were looked up have changed since. */
  behind?: true
}

/** A run that never ended, and the dead ones before it whose reports its own death may have left unwritten. */
export interface DeadRun {
  run: string
  /** Of its `begin`. */
  seq: number
  takenOver?: DeadRun
}

export interface UnfinishedRun {
  run: string
  holder: Holder
  purpose: Purpose
  /** Of its `begin`. */
  seq: number
  at: number
  /** The dead run that it took over from. */
  takenOver?: DeadRun
  ingest?: number
  publish?: number
  rollback?: number
}

/** Versions of a model by their `publish` entries. */
export interface ModelHistory {
  /** The last ones, oldest first. */
  published: number[]
  shown: number
  /** Those of them that somebody went back from. */
  withdrawn: number[]
}

/** The version of a model that readers see. */
export interface ModelState extends PublishedModel {
  /** Log entry that made it the one. */
  seq: number
  history?: ModelHistory
  pin?: Pin
}

/** Everything that is true of one dataset: the fold of its log. */
export interface LakeState {
  dataset: string
  /** Of the last entry; 0 when there is none. */
  seq: number
  unfinished?: UnfinishedRun
  /** Pipeline runs in a row that never ended. */
  abandoned: number
  sources: Record<string, LoggedSource>
  tables: Record<string, TableState>
  enriched: Record<string, TableState>
  models: Record<string, ModelState>
  /** The last runs that ended, oldest first. */
  ended: { run: string; status: RunStatus; at: number; purpose: Purpose }[]
}

export const emptyState = (dataset: string): LakeState => ({
  dataset,
  seq: 0,
  abandoned: 0,
  sources: {},
  tables: {},
  enriched: {},
  models: {},
  ended: [],
})

const endedKept = 50
const versionsKept = 100

/** The state after one more entry. Pure; the old state stays as it was. */
export function advance(state: LakeState, entry: StoredEntry): LakeState {
  if (entry.seq !== state.seq + 1)
    throw new Error(`log: ${state.dataset} entry ${entry.seq} cannot follow ${state.seq}`)
  const next: LakeState = { ...state, seq: entry.seq }
  switch (entry.kind) {
    case 'begin': {
      const dead = state.unfinished
      next.abandoned = dead && dead.purpose === 'pipeline' ? state.abandoned + 1 : state.abandoned
      next.unfinished = {
        run: entry.run,
        holder: entry.holder,
        purpose: entry.purpose,
        seq: entry.seq,
        at: entry.at,
        ...(dead ? { takenOver: deadRun(dead) } : {}),
      }
      return next
    }
    case 'ingest':
      next.sources = { ...state.sources }
      for (const source of entry.sources) next.sources[source.id] = source
      next.tables = advanceTables(state.tables, entry.tables, entry.seq)
      next.enriched = advanceTables(state.enriched, entry.enriched, entry.seq)
      for (const name of entry.behind ?? [])
        if (next.enriched[name]) next.enriched[name] = { ...next.enriched[name], behind: true }
      if (next.unfinished) next.unfinished = { ...next.unfinished, ingest: entry.seq }
      return next
    case 'publish':
      next.models = { ...state.models }
      for (const [name, model] of Object.entries(entry.models)) {
        const before = state.models[name]?.history
        const published = [...(before?.published ?? []), entry.seq].slice(-versionsKept)
        const withdrawn = before?.withdrawn.filter((seq) => published.includes(seq)) ?? []
        next.models[name] = { ...model, seq: entry.seq, history: { published, shown: entry.seq, withdrawn } }
      }
      if (next.unfinished) next.unfinished = { ...next.unfinished, publish: entry.seq }
      return next
    case 'rollback':
      next.models = { ...state.models, [entry.model]: rolledBack(state.models[entry.model], entry) }
      if (next.unfinished) next.unfinished = { ...next.unfinished, rollback: entry.seq }
      return next
    case 'end': {
      const purpose = state.unfinished?.purpose ?? 'pipeline'
      delete next.unfinished
      if (purpose === 'pipeline') next.abandoned = 0
      next.ended = [...state.ended, { run: entry.run, status: entry.status, at: entry.at, purpose }].slice(-endedKept)
      return next
    }
  }
}

function rolledBack(before: ModelState | undefined, { from, to, version, pin, seq }: Rollback & { seq: number }) {
  const published = before?.history?.published ?? []
  const model: ModelState = {
    ...version,
    seq: before && from.seq === to.seq ? before.seq : seq,
    history: { published, shown: to.seq, withdrawn: published.filter((each) => each > to.seq) },
    ...(pin ? { pin } : {}),
  }
  return model
}

const deadRun = ({ run, seq, takenOver }: UnfinishedRun): DeadRun => ({ run, seq, ...(takenOver ? { takenOver } : {}) })

/** Tables after changes to some of their partitions; an empty partition goes. */
export function advanceTables(tables: Record<string, TableState>, changes: Record<string, TableChange>, seq: number) {
  const next = { ...tables }
  for (const [name, change] of Object.entries(changes)) {
    const partitions = { ...next[name]?.partitions, ...change.partitions }
    for (const [value, version] of Object.entries(partitions))
      if (version.rows === 0 && value !== '') delete partitions[value]
    const layouts = advanceLayouts(next[name], change, partitions)
    next[name] = { partitions, ...(Object.keys(layouts).length > 0 ? { layouts } : {}), seq }
  }
  return next
}

/** Layouts that a partition still names, those of the change last. */
function advanceLayouts(
  before: TableState | undefined,
  change: TableChange,
  partitions: Record<string, PartitionVersion>,
): Record<string, Layout> {
  const all = { ...before?.layouts, ...change.layouts }
  const written = new Set(Object.values(change.partitions).flatMap(({ layout }) => layout ?? []))
  const named = new Set(Object.values(partitions).flatMap(({ layout }) => layout ?? []))
  const kept = Object.entries(all).filter(([id]) => named.has(id))
  return Object.fromEntries([...kept.filter(([id]) => !written.has(id)), ...kept.filter(([id]) => written.has(id))])
}

export const rowsOf = (table: TableState | undefined) =>
  Object.values(table?.partitions ?? {}).reduce((sum, partition) => sum + partition.rows, 0)
