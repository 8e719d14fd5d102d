import { partitionFolder } from '@droplake/contracts/partition'
import type { Table } from '@droplake/contracts/table'
import { keys } from './keys.ts'
import type { PartitionVersion, TableChange, TableCounts, TableState } from './lake-state.ts'
import { cleanedLayout, layoutId } from './layouts.ts'
import type { Plan } from './plan.ts'
import type { TableRecords } from './table-records.ts'

/** What a run changes in one cleaned table, by its records; undefined when it took no source of it. Pure. */
export function tableChange(
  table: Table,
  from: { plan: Plan; before: TableState | undefined; records: TableRecords },
): (TableChange & { counts: TableCounts }) | undefined {
  const { plan, before, records } = from
  const taken = new Set(
    records.accepted.sources.flatMap(({ source, outcome }) => (outcome === 'taken' ? [source] : [])),
  )
  if (taken.size === 0) return undefined
  const written = cleanedLayout(table, before)
  const layout = layoutId(written)
  const partitions: Record<string, PartitionVersion> = {}
  for (const value of new Set(records.units.filter(({ changed }) => changed).map(({ unit }) => unit.partition))) {
    const units = records.units.filter(({ unit }) => unit.partition === value)
    const files = units.flatMap((unit) => unit.files)
    const partition = partitionFolder(table.partition, value)
    partitions[value] = {
      location: keys.version('cleaned', { dataset: plan.dataset, table: table.name, partition, run: plan.run }),
      buckets: units[0]?.unit.buckets ?? 1,
      files,
      rows: sum(files, (file) => file.rows),
      layout,
    }
  }
  const parts = records.items.flatMap((item) => item.sources).filter((part) => taken.has(part.source))
  const after = { ...before?.partitions, ...partitions }
  const isNew = Object.keys(partitions).length > 0 && !before?.layouts?.[layout]
  return {
    partitions,
    ...(isNew ? { layouts: { [layout]: written } } : {}),
    counts: {
      records: sum(parts, (part) => part.records),
      rowsIn: sum(parts, (part) => part.records),
      kept: sum(records.units, (unit) => unit.kept),
      duplicate: sum(records.units, (unit) => unit.duplicate),
      quarantined: sum(parts, (part) => part.quarantined),
      blank: sum(parts, (part) => part.blank),
      repaired: sum(records.units, (unit) => unit.repaired),
      replaced: sum(records.units, (unit) => unit.replaced),
      rowsTotal: sum(Object.values(after), (partition) => partition.rows),
    },
  }
}

const sum = <T>(of: readonly T[], value: (one: T) => number) => of.reduce((total, one) => total + value(one), 0)
