import { qualifiedName, quoteName } from '@droplake/models/quote'
import type { TableBatch } from '@droplake/models/render'
import type { PublishedModel } from '@droplake/models/stale'
import { database, type With } from '@droplake/pipeline/effects'

/** Files and rows that one statement wrote, by partition. */
export async function builtPartitions(
  fx: With<'engine'>,
  at: { dataset: string; batch: TableBatch; partitionColumn: string | undefined },
): Promise<PublishedModel['partitions']> {
  const { dataset, batch, partitionColumn } = at
  const build = database(fx, dataset, 'build')
  const table = qualifiedName(build, batch.table)
  const files = new Map<string, string[]>()
  for await (const { key } of fx.store.list(batch.location)) {
    const folder = key.slice(0, key.lastIndexOf('/') + 1)
    files.set(folder, [...(files.get(folder) ?? []), key])
  }
  const value = partitionColumn ? quoteName(partitionColumn) : `''`
  const counting = `select ${value} as part, count(*) as row_count from ${table} group by 1`
  const counted = await fx.engine.run(counting, { database: build })
  const rows = new Map(counted.rows.map(([part, count]) => [String(part), Number(count)]))
  if (!partitionColumn)
    return { '': { location: batch.location, files: [...files.values()].flat(), rows: rows.get('') ?? 0 } }
  return Object.fromEntries(
    [...files].map(([location, keys]) => {
      const folder = location.split('/').at(-2) ?? ''
      const part = decodeURIComponent(folder.slice(folder.indexOf('=') + 1))
      return [part, { location, files: keys, rows: rows.get(part) ?? 0 }]
    }),
  )
}
