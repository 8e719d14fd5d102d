import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import { expect, test } from 'vitest'
import { cleanedRows, csv, openShop, orders, temporaryFolder } from './shop.ts'

test('the raw files of a lake make a fresh one with the same rows: replaced versions, and files that only their folder names', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  for (const name of ['day1', 'day2']) mkdirSync(join(path, name))
  await using old = await openShop(path, { sqlFolders: [] })
  const order = (day: string, id: string, amount: string) =>
    orders(join(path, day), 'orders.csv', [
      [id, 'c1', '2026-01-10 10:00:00', '1'],
      ['o9', 'c1', '2026-01-11 10:00:00', amount],
    ])
  await drop(old, { paths: [order('day1', 'o1', '1')] })
  await drop(old, { paths: [order('day2', 'o2', '2')] })
  const other = csv(path, 'zzz.csv', 'order_id,customer_id,ordered_at,amount', [
    ['o3', 'c1', '2026-02-10 10:00:00', '3'],
  ])
  await drop(old, { paths: [other], dataset: 'shop', table: 'orders' })
  const before = await cleanedRows(old, 'shop', 'orders')
  expect(before).toHaveLength(4)

  await using fresh = await openShop(path, { folder: join(path, 'fresh'), sqlFolders: [] })
  const { objects } = await drop(fresh, { paths: [join(path, 'lake', 'raw')] })
  expect(objects.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['raw/shop/orders.csv', 'admitted'],
    ['raw/shop/orders.csv', 'admitted'],
    ['raw/shop/orders/zzz.csv', 'admitted'],
  ])
  expect(await cleanedRows(fresh, 'shop', 'orders')).toEqual(before)
})
