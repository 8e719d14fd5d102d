import { createParquet, type ParquetOut } from '@droplake/columnar/write-parquet'
import type { Cell } from '@droplake/contracts/column'
import { enrichedPartition } from '@droplake/contracts/enriched'
import { partitionFolder, partitionValue } from '@droplake/contracts/partition'
import { type DataEffects, datasetOf, type RunInput, tableOf } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import type { PartitionVersion } from '@droplake/pipeline/lake-state'
import { columnsOfLayout, enrichedLayout, layoutId, readCleaned } from '@droplake/pipeline/layouts'
import { cleanedColumns } from '@droplake/pipeline/staged'
import type { EnrichPlan } from '@droplake/pipeline/step-records'
import { storedColumns } from '@droplake/pipeline/stored-rows'
import { type LoadedLookup, loadLookup } from './lookup.ts'

/** Enriches one cleaned partition: every row of it once, with what its lookups add. Returns the partitions it wrote. */
export async function enrichUnit(
  fx: DataEffects,
  { dataset, run, plan, unit }: RunInput & { plan: EnrichPlan; unit: EnrichPlan['units'][number] },
): Promise<Record<string, PartitionVersion>> {
  const table = tableOf(fx, dataset, unit.table)
  const lookups = await Promise.all(
    (table.enrich?.lookups ?? []).map((lookup) =>
      loadLookup(fx.store, lookup, {
        state: plan.tables[lookup.table],
        as: { columns: cleanedColumns(tableOf(fx, dataset, lookup.table)) },
      }),
    ),
  )
  const own = Object.keys(cleanedColumns(table))
  const written = enrichedLayout(datasetOf(fx, dataset), table, plan.tables[unit.table])
  const layout = layoutId(written)
  const columns = columnsOfLayout(written)
  const names = Object.keys(columns)
  const partition = enrichedPartition(table)
  const split = table.enrich?.partition
  const files = new Map<string, EnrichedFile>()
  const open = async (value: string): Promise<EnrichedFile> => {
    const folder = partitionFolder(partition, value)
    const location = keys.version('enriched', { dataset, table: unit.table, partition: folder, run })
    const key = `${location}0.parquet`
    const file = { location, key, out: createParquet(columns, await fx.store.writer(key)), held: names.map(() => []) }
    files.set(value, file)
    return file
  }
  const flush = async (file: EnrichedFile) => {
    await file.out.writeGroup(file.held)
    file.held = names.map(() => [])
  }

  try {
    const cleaned = plan.tables[unit.table]
    const version = cleaned?.partitions[unit.partition]
    const as = version && readCleaned(table, cleaned, version)
    for (const file of version?.files ?? [])
      for await (const cells of storedColumns(fx.store, file, own, as)) {
        const joined = join(Object.fromEntries(own.map((name, c) => [name, cells[c] ?? []])), lookups)
        const at = split ? joined[split.of] : undefined
        for (let i = 0; i < (cells[0]?.length ?? 0); i++) {
          const value = split ? partitionOf(split, columns[split.of]?.type.kind, at?.[i] ?? null) : unit.partition
          const target = files.get(value) ?? (await open(value))
          for (let c = 0; c < names.length; c++) target.held[c]?.push(joined[names[c] as string]?.[i] ?? null)
          if ((target.held[0]?.length ?? 0) >= groupRows) await flush(target)
        }
      }
    const written: Record<string, PartitionVersion> = {}
    for (const [value, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      await flush(file)
      const { rows, bytes } = await file.out.close()
      const { location, key } = file
      written[value] = { location, buckets: 1, files: [{ key, bucket: 0, rows, bytes }], rows, layout }
    }
    return written
  } catch (error) {
    for (const { out } of files.values()) await out.abort()
    throw error
  }
}

const groupRows = 32_768

interface EnrichedFile {
  location: string
  key: string
  out: ParquetOut
  held: Cell[][]
}

/** The columns with those that the lookups add. */
function join(columns: Record<string, Cell[]>, lookups: readonly LoadedLookup[]): Record<string, Cell[]> {
  const joined = { ...columns }
  for (const { on, columns: taken, find } of lookups) {
    const keyColumns = on.map((name) => joined[name] ?? [])
    const found = (keyColumns[0] ?? []).map((_, i) => find(keyColumns.map((column) => column[i] ?? null)))
    for (const [c, name] of taken.entries()) joined[name] = found.map((row) => row?.[c] ?? null)
  }
  return joined
}

const partitionOf = (split: { by: 'month' | 'day' }, kind: string | undefined, cell: Cell) =>
  cell === null ? 'unknown' : partitionValue(split, kind, cell)
