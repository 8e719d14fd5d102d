import { createParquet } from '@droplake/columnar/write-parquet'
import type { Cell } from '@droplake/contracts/column'
import { enrichedColumns, enrichedPartition } from '@droplake/contracts/enriched'
import { partitionFolder, partitionValue } from '@droplake/contracts/partition'
import { type Columns, lineage } from '@droplake/contracts/table'
import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { PartitionVersion } from '@droplake/pipeline/lake-state'
import { cleanedColumns } from '@droplake/pipeline/staged'
import type { EnrichPlan } from '@droplake/pipeline/step-records'
import { storedColumns } from '@droplake/pipeline/stored-rows'
import { loadLookup } from './lookup.ts'

/** Enriches one cleaned partition: every row of it once, with what its lookups add. Returns the partitions it wrote. */
export async function enrichUnit(
  fx: DataEffects,
  { dataset, run, plan, unit }: RunInput & { plan: EnrichPlan; unit: EnrichPlan['units'][number] },
): Promise<Record<string, PartitionVersion>> {
  const table = tableOf(fx, dataset, unit.table)
  const lookups = await Promise.all(
    (table.enrich?.lookups ?? []).map((lookup) => loadLookup(fx.store, lookup, plan.tables[lookup.table])),
  )
  const own = Object.keys(cleanedColumns(table))
  const columns: Columns = { ...enrichedColumns(datasetOf(fx, dataset), table), ...lineage }
  const names = Object.keys(columns)
  const partition = enrichedPartition(table)
  const split = table.enrich?.partition
  const held = new Map<string, Cell[][]>()

  for (const file of plan.tables[unit.table]?.partitions[unit.partition]?.files ?? [])
    for await (const cells of storedColumns(fx.store, file, own)) {
      const rows = cells[0]?.length ?? 0
      const joined: Record<string, Cell[]> = Object.fromEntries(own.map((name, c) => [name, cells[c] ?? []]))
      for (const { on, columns: taken, find } of lookups) {
        const keyColumns = on.map((name) => joined[name] ?? [])
        const found = Array.from({ length: rows }, (_, i) => find(keyColumns.map((column) => column[i] ?? null)))
        for (const [c, name] of taken.entries()) joined[name] = found.map((row) => row?.[c] ?? null)
      }
      for (let i = 0; i < rows; i++) {
        const at = split ? valueOf(split, columns[split.of]?.type.kind, joined[split.of]?.[i] ?? null) : unit.partition
        let target = held.get(at)
        if (!target) {
          target = names.map(() => [])
          held.set(at, target)
        }
        for (let c = 0; c < names.length; c++) target[c]?.push(joined[names[c] as string]?.[i] ?? null)
      }
    }

  const written: Record<string, PartitionVersion> = {}
  for (const [value, cells] of [...held].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const folder = partitionFolder(partition, value)
    const location = keys.version('enriched', { dataset, table: unit.table, partition: folder, run })
    const key = `${location}0.parquet`
    const out = createParquet(columns, await fx.store.writer(key))
    await out.writeGroup(cells)
    const { rows, bytes } = await out.close()
    written[value] = { location, buckets: 1, files: [{ key, bucket: 0, rows, bytes }], rows }
  }
  return written
}

const valueOf = (split: { by: 'month' | 'day' }, kind: string | undefined, cell: Cell) =>
  cell === null ? 'unknown' : partitionValue(split, kind, cell)
