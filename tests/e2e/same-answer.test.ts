import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Delivery, deliver, nameOf, plainDelivery, shopFiles, tiny } from './deliveries.ts'
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
