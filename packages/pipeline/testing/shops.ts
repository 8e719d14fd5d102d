import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'

/** A small table of entities: a file is an `id` column. */
export const shops: TableSpec = {
  description: 'shops',
  files: 'shops*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
