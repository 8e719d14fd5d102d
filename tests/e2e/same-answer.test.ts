import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import { expect, test } from 'vitest'
import { type Delivery, deliver, nameOf, plainDelivery, shopFiles, tiny } from './deliveries.ts'
import { openOlist } from './olist.ts'
import { openShop, temporaryFolder } from './shop.ts'

const variants: Partial<Delivery>[] = [
  { order: 'one by one', shuffle: 2, packing: 'zst' },
  { order: 'twice', suffix: '_renamed' },
  { packing: 'zip', settings: tiny, workers: 1 },
  { by: 'watch', packing: 'gz', shuffle: 5, settings: { bucketRows: 7 } },
]

const folder = temporaryFolder()
const files = shopFiles(join(folder.path, 'files'))
let expected: ReturnType<typeof deliver> | undefined

const toShop = (delivery: Delivery, path: string) => deliver(files, { path, dataset: 'shop', delivery, open: openShop })

test.each(
  variants
    .map((variant) => ({ ...plainDelivery, ...variant }))
    .map((delivery) => ({ name: nameOf(delivery), delivery })),
)('the shop’s tables hold the same rows: $name', async ({ delivery }) => {
  using own = temporaryFolder()
  expected ??= toShop(plainDelivery, join(folder.path, 'plain'))
  const tables = await expected
  expect(tables.fact_orders?.length).toBeGreaterThan(100)
  expect(tables.dim_customer).toHaveLength(50)
  expect(await toShop(delivery, own.path)).toEqual(tables)
})

test('Olist’s tables hold the same rows, compressed, shuffled, in tiny slices and buckets, by several threads', async () => {
  using own = temporaryFolder()
  const generated = join(own.path, 'generated')
  await generateOlistWithClickstream(generated, { seed: 5, orders: 30, defects: 0.1 })
  const all = readdirSync(generated).map((name) => join(generated, name))
  const to = (name: string, delivery: Partial<Delivery>) =>
    deliver(all, {
      path: join(own.path, name),
      dataset: 'olist',
      delivery: { ...plainDelivery, ...delivery },
      open: openOlist,
    })
  const plain = await to('plain', {})
  expect(Object.keys(plain)).toHaveLength(9)
  expect(plain.fact_orders?.length).toBeGreaterThan(20)
  expect(plain.fact_events?.length).toBeGreaterThan(100)
  const other = {
    packing: 'gz',
    shuffle: 1,
    suffix: '_v2',
    settings: { packFiles: 1, bucketRows: 50 },
    workers: 2,
  } as const
  expect(await to('other', other)).toEqual(plain)
})
