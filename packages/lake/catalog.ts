import type { ColumnType } from '@droplake/contracts/column'

/** Data files of one partition. Every file lies directly in `location`, a key prefix that ends with `/`. */
export interface CatalogPartition {
  /** Value of the partition column; '' in a table without one. */
  value: string
  location: string
  files: string[]
  rows: number
}

/** Parquet files under one name. */
export interface CatalogTable {
  database: string
  name: string
  description?: string
  /** Columns inside the files, in order; the partition column is not among them. */
  columns: { name: string; type: ColumnType; description?: string }[]
  /** Text column whose value stands in the path only. */
  partitionColumn?: string
  partitions: CatalogPartition[]
}

/** A public name that shows one table. It moves as a whole. */
export interface CatalogView {
  database: string
  name: string
  /** Table it shows. */
  target: { database: string; name: string }
  /** Log entry that published it; a view never moves to a smaller one. */
  seq: number
}

/** What the catalog has to show of one dataset after log entry `seq`. */
export interface CatalogState {
  dataset: string
  seq: number
  tables: CatalogTable[]
  /** In the order in which they are moved: dimensions before facts. */
  views: CatalogView[]
}

/** What a crawler inferred from raw files, by itself: nothing reads it but the comparison with the contracts. */
export interface CrawledTable {
  name: string
  /** Key of the object, or prefix of the folder, that it read. */
  key: string
  /** Types as the crawler names them. */
  columns: { name: string; type: string }[]
}

/**
 * The names under which the query engine finds data. It follows the log and never decides anything.
 */
export interface Catalog {
  /**
   * Brings one dataset to a state; idempotent, safe to repeat at any moment, and a no-op when the catalog already
   * follows a later entry.
   *
   * `still` is awaited right before each batch of changes that nothing else guards against a caller who is late; what it
   * throws ends the work there. A driver that moves a dataset at once does not ask.
   */
  follow(state: CatalogState, options?: { still?: () => Promise<void> }): Promise<void>
  /**
   * Registers one immutable table beside the state: a model's version before it is published. Repeating it is fine;
   * other content under a name that is registered is an error. A state that names the table takes its place.
   */
  register(dataset: string, table: CatalogTable): Promise<void>
  /** Forgets registered tables that are not kept, and superseded states, as far as they are older than `before` (UTC ms). */
  prune(dataset: string, options: { keep: ReadonlySet<string>; before: number }): Promise<void>
  /**
   * What is shown now, in no particular order; undefined before the first `follow`. Registered tables are among the
   * tables. Of one that only a statement of the query engine created, a driver may show the columns without partitions.
   * The value may be shared with other callers: look, do not touch.
   */
  show(dataset: string): Promise<CatalogState | undefined>
  /** What the crawler found in the dataset's raw files when it last looked; empty when it never did. */
  crawled(dataset: string): Promise<CrawledTable[]>
  /** Datasets of which something was followed or registered, in order of their names. */
  datasets(): Promise<string[]>
}
