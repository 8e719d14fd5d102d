import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { routeFile } from '@droplake/contracts/route'
import { describe, expect, it } from 'vitest'
import { hashCells } from './key-hash.ts'
import { profileCsv } from './profile-csv.ts'
import { readCsv } from './read-csv.ts'

const folder = process.env.DROPLAKE_REAL_DATA

/** Rows of each file, and how many of them differ. */
const files: [path: string, rows: number, distinct: number][] = [
  ['olist-15k/olist_customers_dataset.csv', 15_000, 15_000],
  ['olist-15k/olist_orders_dataset.csv', 15_000, 15_000],
  ['olist-15k/olist_order_items_dataset.csv', 17_071, 17_071],
  ['olist-15k/olist_geolocation_dataset.csv', 50_000, 50_000 - 1_848],
  ['olist-full-tables/olist_order_payments_dataset.csv', 103_886, 103_886],
  ['olist-full-tables/olist_products_dataset.csv', 32_951, 32_951],
  ['olist-full-tables/olist_sellers_dataset.csv', 3_095, 3_095],
  ['olist-full-tables/product_category_name_translation.csv', 71, 71],
]

describe.skipIf(!folder)(`real files${folder ? '' : ' (skipped: DROPLAKE_REAL_DATA is not set)'}`, () => {
  it.each(files)('%s gives every row and rejects none, in slices', async (path, rows, distinct) => {
    const file = join(folder ?? '', path)
    const table = routeFile(builtIn, path.split('/').at(-1) ?? '')
    if (!table) throw new Error(`no contract for ${path}`)
    const profile = await profileCsv(table, createReadStream(file), { sliceBytes: 100_000, fileName: path })
    expect(profile).toMatchObject({ records: rows, encoding: 'utf-8', warnings: [] })
    const hashes = new Set<bigint>()
    let found = 0
    for (const [index, { offset, row }] of profile.cuts.entries()) {
      const next = profile.cuts[index + 1]
      const bytes = createReadStream(file, { start: offset, end: (next?.offset ?? profile.bytes) - 1 })
      for await (const batch of readCsv(table, profile, bytes, { row, last: !next })) {
        expect(batch.rejected).toEqual([])
        found += batch.rows
        for (let i = 0; i < batch.rows; i++) hashes.add(hashCells(batch.columns, i))
      }
    }
    expect([found, hashes.size]).toEqual([rows, distinct])
  })
})
