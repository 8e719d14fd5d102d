import { ContractError } from './check.ts'
import { checkTable } from './check-table.ts'
import type { Cell, Column } from './column.ts'

export type Columns = Record<string, Column>

/** Which of several rows with one key stays. Rows are ranked by (arrival of their file, its place in the run, row number). */
export type Dedupe =
  /** the greatest rank */
  | 'latest'
  /** the smallest rank */
  | 'first'
  /** rows that agree in every column are one row; the key is not looked at */
  | 'exact'
  /** the greatest value of this column, then the greatest rank */
  | { greatest: string }
  /** every row stays */
  | 'none'

/** A boolean SQL expression in Athena's dialect that holds for every row; rows where it is false are failing. */
export interface ExpressionRule {
  name: string
  severity: 'warn' | 'error'
  expect: string
}

/** Cells of another cleaned table's row, found by its key. */
export interface Lookup {
  table: string
  /** Own column, or one that an earlier lookup took → the other table's column. */
  on: Record<string, string>
  /** New column → the other table's column. Null where there is no such row. */
  take: Record<string, string>
}

/** How the enriched table of the same name is made: every cleaned row, and what the lookups add to it. */
export interface Enrichment {
  lookups: readonly Lookup[]
  /** Where it is not the cleaned table's; only for a cleaned table without partitions. Rows without a value are in `unknown`. */
  partition?: { name: string; by: 'month' | 'day'; of: string }
}

/** What stands first in `03/04/2018` or `17-10-02`: day, month, or a two-digit year. */
export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** What stands before the decimals of a number; the other one divides thousands. */
export type DecimalSign = 'point' | 'comma'

export interface TableSpec<C extends Columns = Columns> {
  description: string
  /** File name with `*`; `.gz`, `.zip` and `.zst` may follow. A key `raw/<dataset>/<table>/<any name>` is routed without it. */
  files: string
  /** In the order of the file and of the cleaned table. */
  columns: C
  /** Natural key; empty for `exact` and `none`. */
  key: readonly (keyof C & string)[]
  dedupe: Dedupe
  /** `append`: events, partitioned by date. `snapshot`: entities; a file that omits a key keeps it. */
  kind: 'append' | 'snapshot'
  /** Text partition column `name`, derived from the timestamp or date column `of`. */
  partition?: {
    name: string
    by: 'month' | 'day'
    of: keyof C & string
    /** A key never comes back with another partition: the other partitions need not be searched for it. */
    immutable?: boolean
  }
  /** What a column that the contract does not know does: `discard_column` drops it with a warning, `freeze` sets the source aside. */
  unknownColumns?: 'discard_column' | 'freeze'
  /** For files whose dates prove no order. Default: the dataset's, else such dates are quarantined. */
  dateOrder?: DateOrder
  /** For files whose numbers prove no decimal sign. Default: the dataset's, else numbers that are two are quarantined. */
  decimalSign?: DecimalSign
  rules?: readonly ExpressionRule[]
  enrich?: Enrichment
  /** Quarantined rows over this share of a run's rows raise an alert. Default 0.05. */
  quarantineAlert?: number
}

/** The one value that declares a table. The registry adds the names, which are the file's and its folder's. */
export interface Table<C extends Columns = Columns> extends TableSpec<C> {
  name: string
  dataset: string
}

/** A row of the cleaned table, keyed by column name. */
export type RowOf<T extends { columns: Columns }> = {
  [K in keyof T['columns']]: CellOf<T['columns'][K]>
}
type CellOf<C> = C extends Column<infer N, infer K> ? (N extends true ? Plain<K> : Plain<K> | null) : Cell
type Plain<K> = K extends 'text'
  ? string
  : K extends 'boolean'
    ? boolean
    : K extends 'bigint' | 'decimal'
      ? bigint
      : number

/** Declares a table. What is wrong with it by itself is a `ContractError` here, not in a run. */
export function defineTable<const C extends Columns>(spec: TableSpec<C>): TableSpec<C> {
  const problems = checkTable(spec)
  if (problems.length > 0) throw new ContractError(typeof spec?.files === 'string' ? spec.files : 'a table', problems)
  return spec
}

/** Columns that every cleaned and enriched row carries after the contract's: lineage, the rank, and the key's hash. */
export const lineage = {
  _source_file: { type: { kind: 'text' }, required: true, description: 'raw object key' },
  _source_row: {
    type: { kind: 'bigint' },
    required: true,
    description: 'record in that object, the first after the header is 1',
  },
  _source_arrived_at: {
    type: { kind: 'timestamp' },
    required: true,
    description: 'when the raw object arrived in the lake: later arrivals win',
  },
  _ingested_at: { type: { kind: 'timestamp' }, required: true, description: 'start of the run that took the row' },
  _run_id: { type: { kind: 'text' }, required: true, description: 'run that took the row' },
  _key_hash: {
    type: { kind: 'bigint' },
    required: true,
    description: 'hash of the key, or of the row where there is no key',
  },
} as const satisfies Columns
