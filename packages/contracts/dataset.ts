import type { DateOrder, DecimalSign, Table } from './table.ts'

export interface DatasetSpec {
  description: string
  /** Folders under `raw/` whose objects belong to this dataset. Default: the dataset's name. */
  rawFolders?: readonly string[]
  /** Seconds that a run waits after it began, so that files dropped together run together. */
  settleSeconds: number
  /** When the crawler reads the raw files: when a file has columns that none before it had, in every run, or never. Default: on-change. */
  crawl?: 'on-change' | 'always' | 'never'
  /** Of all tables that say nothing else; see `TableSpec`. */
  dateOrder?: DateOrder
  decimalSign?: DecimalSign
}

/** One source system: its settings and its tables by name. */
export interface Dataset extends DatasetSpec {
  name: string
  rawFolders: readonly string[]
  tables: Record<string, Table>
}

export const defineDataset = (spec: DatasetSpec): DatasetSpec => spec
