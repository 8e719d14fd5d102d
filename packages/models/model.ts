export const zones = ['cleaned', 'enriched', 'curated'] as const
export type Zone = (typeof zones)[number]

/** A table as the SQL files name it: `cleaned.orders`. */
export interface TableName {
  zone: Zone
  name: string
}

/** One place where a select reads a table; `[start, end)` in code points, `zone.name` without the alias. */
export interface Reference extends TableName {
  start: number
  end: number
  aliased: boolean
}

/** The qualified and quoted table that a name stands for: `"olist_cleaned"."orders"`. */
export type ResolveName = (zone: Zone, name: string) => string

export type Severity = 'warn' | 'error'

/** A check of a built model before anyone sees it. `name` is how reports call it: `unique(order_id)`. */
export type Audit = { name: string; severity: Severity } & (
  | { kind: 'unique'; columns: string[] }
  | { kind: 'not_null'; column: string }
  | { kind: 'relationships'; column: string; to: TableName & { column: string } }
  | { kind: 'no_fall'; percent: number }
)

export interface ColumnDoc {
  name: string
  description: string
}

/** One select in Athena's dialect that becomes a table of the curated zone. */
export interface Model {
  dataset: string
  name: string
  description: string
  /** What one row is, in words. */
  grain: string
  /** `incremental`: a row of a partition comes from input rows of the same partition only. */
  materialization: 'table' | 'incremental'
  /** Always the last column of the select. */
  partitionColumn?: string
  audits: Audit[]
  /** Every output column, in order. */
  columns: ColumnDoc[]
  select: string
  /** Where the select names its tables, in order: a Lambda renders it without a parser. */
  references: Reference[]
  /** Tables that the select reads, sorted. */
  inputs: TableName[]
  /** SHA-256 of the select without comments and layout, the materialization, the partition and the audits. */
  sqlHash: string
}

/** A saved query over a dataset. */
export interface Query {
  dataset: string
  name: string
  description: string
  columns: ColumnDoc[]
  select: string
  references: Reference[]
  inputs: TableName[]
}
