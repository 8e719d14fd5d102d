import type { Cell } from './column.ts'
import type { Table } from './table.ts'

const dayMs = 86_400_000

/** The partition value of a row, from the table's partition column's cell: `YYYY-MM` or `YYYY-MM-DD`; '' without partitions. */
export function partitionValue(partition: Table['partition'], kind: string | undefined, cell: Cell): string {
  if (!partition) return ''
  const ms = kind === 'date' ? (cell as number) * dayMs : (cell as number)
  return new Date(ms).toISOString().slice(0, partition.by === 'month' ? 7 : 10)
}

/** The folder name of a partition, Hive's way; '' without partitions. */
export function partitionFolder(table: Pick<Table, 'partition'>, value: string): string {
  return table.partition ? `${table.partition.name}=${value}` : ''
}
