import { builtIn } from '@droplake/contracts/registry'
import type { Table } from '@droplake/contracts/table'

/** The contract that a generated file has to meet. */
export function contractOf(dataset: string, table: string): Table {
  const found = builtIn[dataset]?.tables[table]
  if (!found) throw new Error(`generator: no contract for a table, got ${dataset}.${table}; add it to the contracts`)
  return found
}
