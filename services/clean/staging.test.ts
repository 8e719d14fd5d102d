import { int, text } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { memoryStore } from '@droplake/lake/memory-store'
import { bucketOf, mayHold } from '@droplake/pipeline/step-records'
import { openStored } from '@droplake/pipeline/stored-rows'
import { expect, test } from 'vitest'
import { createStaging } from './staging.ts'

const table: Table = {
  dataset: 'd',
  name: 't',
  description: '',
  files: 't*.csv',
  columns: { id: text.required(), n: int.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}

test('many rows of a table without partitions are divided so that a bucket reads only groups that may hold its rows', async () => {
  const store = memoryStore()
  const staging = await createStaging(store, table, 'staged.parquet')
  const rows = 20_000
  const hashOf = (i: number) => BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n)
  const ids = Array.from({ length: rows }, (_, i) => `r${i}`)
  const numbers = ids.map((_, n) => n)
  for (let i = 0; i < rows; i++) staging.add('', [ids, numbers], i, [BigInt(i), hashOf(i), false])
  const groups = await staging.endSource()
  const file = await staging.close()
  const parquet = await openStored(store, file)

  for (const buckets of [1, 2, 8, 16, 64]) {
    const found = new Set<unknown>()
    let read = 0
    for (const group of groups.filter((each) => mayHold(each, 1 % buckets, buckets))) {
      const [names = [], hashes = []] = await parquet.readGroup(group.rowGroup, ['id', '_key_hash'])
      read += names.length
      for (const [i, hash] of hashes.entries())
        if (bucketOf(hash as bigint, buckets) === 1 % buckets) found.add(names[i])
    }
    const wanted = ids.filter((_, i) => bucketOf(hashOf(i), buckets) === 1 % buckets)
    expect(found).toEqual(new Set(wanted))
    expect(read).toBeLessThan((rows / Math.min(buckets, 16)) * 1.2 + 1)
  }
})

test('few rows stay together', async () => {
  const staging = await createStaging(memoryStore(), table, 'staged.parquet')
  for (let i = 0; i < 100; i++) staging.add('', [['a'], [1]], 0, [BigInt(i), BigInt(i), false])
  expect(await staging.endSource()).toEqual([{ partition: '', rowGroup: 0, rows: 100 }])
})
