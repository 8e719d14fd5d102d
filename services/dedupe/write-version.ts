import { createParquet, type ParquetOut } from '@droplake/columnar/write-parquet'
import type { Cell } from '@droplake/contracts/column'
import type { DataFile } from '@droplake/pipeline/lake-state'
import { columnsOfLayout, layoutId } from '@droplake/pipeline/layouts'
import { arrivalOf, sourceName } from '@droplake/pipeline/markers'
import { stagedColumns } from '@droplake/pipeline/staged'
import { bucketOf, type DedupeUnit } from '@droplake/pipeline/step-records'
import { openAs } from '@droplake/pipeline/stored-rows'
import { keepsBuckets, type Loaded, type TableWork } from './load.ts'
import { staged } from './winners.ts'

const mostFiles = 16
const groupRows = 32_768

/**
 * Writes one bucket of a partition's new version into `location`: files without a loser are copied as they are, all other
 * rows go into one new file. Names and bytes depend on the plan alone, so that a second attempt writes the same.
 */
export async function writeVersion(
  work: TableWork,
  options: { unit: DedupeUnit; loaded: Loaded; alive: Uint8Array; location: string; run: string },
): Promise<DataFile[]> {
  const { unit, loaded, alive, location, run } = options
  const { store, table, plan, state, layout } = work
  const version = state?.partitions[unit.partition]
  const keepsFiles = keepsBuckets(version, unit, loaded.as) && version?.layout === layoutId(layout)
  const whole = loaded.files.filter(({ from, to }) => keepsFiles && alive.subarray(from, to).every((one) => one === 1))
  const copied = whole.length < mostFiles ? whole : []
  const rewritten = loaded.files.filter((file) => !copied.includes(file))
  const name = (n: number) => `${location}${unit.bucket}-${n}.parquet`

  const files: DataFile[] = []
  for (const { file } of copied) {
    const key = name(files.length)
    await store.copy(file.key, key)
    files.push({ ...file, key, bucket: unit.bucket })
  }

  const columns = columnsOfLayout(layout)
  const names = Object.keys(columns)
  const key = name(files.length)
  let out: ParquetOut | undefined
  let held: Cell[][] = names.map(() => [])
  const flush = async (least: number) => {
    if ((held[0]?.length ?? 0) < least) return
    out ??= createParquet(columns, await store.writer(key))
    await out.writeGroup(held)
    held = names.map(() => [])
  }
  try {
    for (const { file, from } of rewritten) {
      const parquet = await openAs(store, file, loaded.as)
      let candidate = from
      for (let group = 0; group < parquet.rowGroups.length; group++) {
        const cells = await parquet.readGroup(group, names)
        const hashes = cells[names.indexOf('_key_hash')] ?? []
        for (let i = 0; i < hashes.length; i++) {
          if (bucketOf(hashes[i] as bigint, unit.buckets) !== unit.bucket) continue
          if (alive[candidate++] !== 1) continue
          for (let c = 0; c < names.length; c++) held[c]?.push(cells[c]?.[i] ?? null)
        }
        await flush(groupRows)
      }
    }
    const stagedNames = Object.keys(stagedColumns(table))
    const from = names.map((column) => stagedNames.indexOf(column))
    let fresh = 0
    for (let i = 0; i < alive.length; i++) {
      if (loaded.rows.origin[i] !== staged) continue
      const at = fresh++
      if (alive[i] !== 1) continue
      const source = loaded.freshSource[at]
      const constants: Record<string, Cell> = {
        _source_file: source ? sourceName(source) : null,
        _source_arrived_at: source ? arrivalOf(source) : null,
        _ingested_at: plan.startedAt,
        _run_id: run,
      }
      for (let c = 0; c < names.length; c++) {
        const column = from[c] as number
        held[c]?.push(column >= 0 ? (loaded.fresh[column]?.[at] ?? null) : (constants[names[c] as string] ?? null))
      }
      await flush(groupRows)
    }
    await flush(1)
  } catch (error) {
    await out?.abort()
    throw error
  }
  if (!out) return files
  const { rows, bytes } = await out.close()
  return [...files, { key, bucket: unit.bucket, rows, bytes }]
}
