import type { Audit, Model, TableName } from '../model.ts'
import { parseSelect } from '../parse-select.ts'

const table = (full: string): TableName => {
  const [zone, name] = full.split('.') as [TableName['zone'], string]
  return { zone, name }
}

/** A model by what its inputs are; with a partition column it is incremental. */
export function modelOf(
  name: string,
  inputs: readonly string[],
  options: { partitionColumn?: string; audits?: Audit[]; sqlHash?: string; select?: string } = {},
): Model {
  const { partitionColumn, audits = [], sqlHash = 'hash', select = 'select 1 as a' } = options
  return {
    dataset: 'test',
    name,
    description: 'A model. Grain: one row.',
    grain: 'one row',
    materialization: partitionColumn ? 'incremental' : 'table',
    ...(partitionColumn ? { partitionColumn } : {}),
    audits,
    columns: [{ name: partitionColumn ?? 'a', description: 'a column' }],
    select,
    references: parseSelect(select, { file: name }).references,
    inputs: inputs.map(table),
    sqlHash,
  }
}
