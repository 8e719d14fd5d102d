import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import { expect, test } from 'vitest'
import { type Delivery, deliver, nameOf, packings, plainDelivery, shopFiles, tiny } from '../e2e/deliveries.ts'
import { openOlist } from '../e2e/olist.ts'
import { openShop, temporaryFolder } from '../e2e/shop.ts'

const machines: Pick<Delivery, 'settings' | 'workers'>[] = [
  { settings: {}, workers: 0 },
  { settings: {}, workers: 1 },
  { settings: tiny, workers: 0 },
  { settings: tiny, workers: 4 },
  { settings: { packFiles: 1 }, workers: 1 },
  { settings: { bucketRows: 3 }, workers: 0 },
]
const orders: Pick<Delivery, 'order' | 'shuffle'>[] = [
  ...[0, 1, 2, 3].map((shuffle) => ({ order: 'at once' as const, shuffle })),
  ...[0, 4, 5, 6].map((shuffle) => ({ order: 'one by one' as const, shuffle })),
  { order: 'twice', shuffle: 7 },
]

/** Combinations; watching rests a second before each file, so it is there once for each order at once. */
const deliveries = packings.flatMap((packing, p) =>
  orders.flatMap((order, o) =>
    machines.flatMap((machine, n) =>
      (['drop', 'watch'] as const).flatMap((by): Delivery[] => {
        if (by === 'watch' && (order.order !== 'at once' || n > 0)) return []
        // Plain files go every fourth way, packed ones every sixth, each packing another sixth.
        if (p === 0 ? (o + n) % 4 !== 0 : (o + n) % 6 !== p) return []
        return [{ by, ...order, ...machine, packing, suffix: order.shuffle % 2 === 1 ? '_renamed' : '' }]
      }),
    ),
  ),
)

const folder = temporaryFolder()
const files = shopFiles(join(folder.path, 'files'))
const toShop = (delivery: Delivery, path: string) => deliver(files, { path, dataset: 'shop', delivery, open: openShop })
let expected: ReturnType<typeof deliver> | undefined

test.each(packings)('the shop’s tables hold the same rows for every way to deliver %s files', async (packing) => {
  expected ??= toShop(plainDelivery, join(folder.path, 'plain'))
  const tables = await expected
  const wrong: string[] = []
  const tried = deliveries.filter((delivery) => delivery.packing === packing)
  expect(tried.length).toBeGreaterThan(4)
  for (const delivery of tried) {
    using own = temporaryFolder()
    const found = await toShop(delivery, own.path)
    if (JSON.stringify(found) !== JSON.stringify(tables)) wrong.push(nameOf(delivery))
  }
  expect(wrong).toEqual([])
})

const olistDeliveries: Partial<Delivery>[] = [
  { order: 'one by one' },
  { order: 'one by one', shuffle: 1 },
  { order: 'one by one', shuffle: 2, packing: 'zip' },
  { order: 'twice', suffix: '_renamed' },
  { packing: 'zst', workers: 4, settings: { packFiles: 1, bucketRows: 20 } },
  { settings: { sliceBytes: 512, bucketRows: 50 }, workers: 1 },
  { by: 'watch', packing: 'gz' },
  { by: 'watch', order: 'one by one', shuffle: 3 },
]

test('Olist’s tables hold the same rows, however its files come', async () => {
  using own = temporaryFolder()
  const generated = join(own.path, 'generated')
  mkdirSync(generated)
  await generateOlistWithClickstream(generated, { seed: 9, orders: 60, defects: 0.1 })
  const all = readdirSync(generated).map((name) => join(generated, name))
  const to = (name: string, delivery: Partial<Delivery>) =>
    deliver(all, {
      path: join(own.path, name),
      dataset: 'olist',
      delivery: { ...plainDelivery, ...delivery },
      open: openOlist,
    })
  const plain = await to('plain', {})
  for (const [n, delivery] of olistDeliveries.entries())
    expect(await to(`other-${n}`, delivery), nameOf({ ...plainDelivery, ...delivery })).toEqual(plain)
})
