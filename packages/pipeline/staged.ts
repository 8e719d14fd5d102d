import type { Reject } from '@droplake/columnar/read-csv'
import type { Columns, Table } from '@droplake/contracts/table'
import { lineage } from '@droplake/contracts/table'

/** Columns of a staged file: the contract's, and what Dedupe needs that the plan does not know. */
export function stagedColumns(table: Table): Columns {
  return {
    ...table.columns,
    _source_row: lineage._source_row,
    _key_hash: lineage._key_hash,
    _repaired: { type: { kind: 'boolean' }, required: true },
  }
}

/** Columns of a cleaned file. */
export const cleanedColumns = (table: Table): Columns => ({ ...table.columns, ...lineage })

/** Columns whose cells make two rows the same: the key, or everything where there is none. */
export function identity(table: Table): string[] {
  return table.key.length > 0 && table.dedupe !== 'exact' ? [...table.key] : Object.keys(table.columns)
}

/** Columns of a quarantine file: one row a rejected record. */
export const quarantineColumns = {
  source: { type: { kind: 'text' }, required: true, description: 'source id' },
  source_file: { type: { kind: 'text' }, required: true },
  source_row: { type: { kind: 'bigint' }, required: true, description: 'record in the file, from 1' },
  reason: { type: { kind: 'text' }, required: true },
  column: { type: { kind: 'text' }, required: false },
  text: {
    type: { kind: 'text' },
    required: true,
    description: 'the record as it came, up to 1 MiB, in the encoding beside it',
  },
  encoding: { type: { kind: 'text' }, required: true },
  offset: { type: { kind: 'bigint' }, required: true, description: 'first byte of the record in the plain file' },
  length: { type: { kind: 'bigint' }, required: true, description: 'bytes' },
} as const satisfies Columns

/** Why records are rejected. */
export const rejectReasons = Object.keys({
  required: true,
  not_accepted: true,
  not_a_number: true,
  out_of_range: true,
  too_precise: true,
  below_min: true,
  above_max: true,
  not_a_boolean: true,
  not_a_timestamp: true,
  not_a_date: true,
  ambiguous_date: true,
  ambiguous_number: true,
  nul_character: true,
  cell_count: true,
  truncated: true,
  too_long: true,
  stray_quote: true,
} satisfies Record<Reject['reason'], true>)
