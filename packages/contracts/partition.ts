import type { Cell } from './column.ts'

const dayMs = 86_400_000

/** The partition value of a row, from the table's partition column's cell: `YYYY-MM` or `YYYY-MM-DD`; '' without partitions. */
export function partitionValue(
  partition: { by: 'month' | 'day' } | undefined,
  kind: string | undefined,
  cell: Cell,
): string {
  if (!partition) return ''
  const ms = kind === 'date' ? (cell as number) * dayMs : (cell as number)
  return new Date(ms).toISOString().slice(0, partition.by === 'month' ? 7 : 10)
}

/** The folder name of a partition, Hive's way; '' without partitions. */
export function partitionFolder(partition: { name: string } | undefined, value: string): string {
  return partition ? `${partition.name}=${value}` : ''
}
