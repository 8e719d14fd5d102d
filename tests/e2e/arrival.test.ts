import { copyFileSync, cpSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { runPending } from '@droplake/local/run'
import { unannounced } from '@droplake/pipeline/announce'
import type { Report } from '@droplake/pipeline/report'
import { describe, expect, test } from 'vitest'
import { customers, onlyRun, openShop, orders, rows, temporaryFolder } from './shop.ts'

/** What is stored is never lost, and the order in which it arrived decides; no file's own time does. */

const dropped = async (lake: Lake, ...paths: string[]) => onlyRun((await drop(lake, { paths })).runs)
const counts = (run: Report, table: string) => {
  const { kept, duplicate, replaced, rowsTotal } = run.tables[table]!
  return { kept, duplicate, replaced, rowsTotal }
}
const months = (lake: Lake) => rows(lake, 'select month, orders, revenue from shop_curated.mart_revenue order by month')

/** Puts a file under raw/ as another program would, with a modification time of its own. */
function place(lake: Lake, from: string, options: { name: string; modified: Date }) {
  const folder = join(lake.folder, 'raw', 'shop')
  mkdirSync(folder, { recursive: true })
  copyFileSync(from, join(folder, options.name))
  utimesSync(join(folder, options.name), options.modified, options.modified)
}

describe('every version of a name that is stored before a run is taken,', () => {
  /** A file of one order, in a folder of its own. */
  const order = (path: string, folder: string, id: string, amount = '1.00') => {
    mkdirSync(join(path, folder), { recursive: true })
    return orders(join(path, folder), 'orders.csv', [[id, 'c', '2024-01-05 10:00:00', amount]])
  }
  const ids = async (lake: Lake) =>
    (await rows(lake, 'select order_id from shop_curated.fact_orders order by order_id')).flat()

  test('dropped one after the other without waiting', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    for (const day of ['1', '2', '3']) {
      const { objects } = await drop(lake, { paths: [order(folder.path, day, `o${day}`)], wait: false })
      expect(objects).toMatchObject([{ key: 'raw/shop/orders.csv', outcome: 'admitted' }])
    }
    const run = onlyRun(await runPending(lake, 'shop'))
    expect(run.sources.map(({ outcome }) => outcome)).toEqual(['taken', 'taken', 'taken'])
    expect(await ids(lake)).toEqual(['o1', 'o2', 'o3'])
  })

  test.each([true, false])('in two folders of one drop (waiting: %s)', async (wait) => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    for (const [day, amount] of [
      ['1', '1.00'],
      ['2', '2.00'],
    ] as const) {
      order(folder.path, `in/${day}`, 'both', amount)
      order(folder.path, `in/${day}/own`, `o${day}`)
    }
    await drop(lake, { paths: [join(folder.path, 'in')], wait })
    if (!wait) await runPending(lake, 'shop')
    expect(await rows(lake, 'select order_id, amount from shop_curated.fact_orders order by order_id')).toEqual([
      ['both', '2.00'],
      ['o1', '1.00'],
      ['o2', '1.00'],
    ])
  })

  test('also by a drop that ends while it stores a later file', async () => {
    using folder = temporaryFolder()
    const paths = ['1', '2', '3'].map((day) => order(folder.path, day, `o${day}`))
    {
      let stored = 0
      await using lake = await openShop(folder.path, {
        wrapStore: (store) => ({
          ...store,
          writer: (key) => {
            if (key.startsWith('raw/') && ++stored === 3) throw new Error('the power fails')
            return store.writer(key)
          },
        }),
      })
      await expect(drop(lake, { paths })).rejects.toThrow('the power fails')
    }
    await using lake = await openShop(folder.path)
    await runPending(lake, 'shop')
    expect(await ids(lake)).toEqual(['o1', 'o2'])
  })

  test('also by processes that ended between storing a file and enqueueing it', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    for (const [n, amount] of ['1.00', '2.00', '3.00'].entries())
      await lake.fx.store.put(
        'raw/shop/orders.csv',
        Buffer.from(
          `order_id,customer_id,ordered_at,amount\nboth,c,2024-01-05 10:00:00,${amount}\no${n},c,2024-01-05 10:00:00,1\n`,
        ),
      )
    expect((await unannounced(lake.fx, 'shop')).sources).toHaveLength(3)
    const run = onlyRun(await runPending(lake, 'shop'))
    expect(counts(run, 'orders')).toEqual({ kept: 4, duplicate: 2, replaced: 0, rowsTotal: 4 })
    expect(await rows(lake, "select amount from shop_curated.fact_orders where order_id = 'both'")).toEqual([['3.00']])
    expect((await runPending(lake, 'shop')).flatMap(({ sources }) => sources)).toEqual([])
  })

  test('but not those of a file that was taken away', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    for (const id of ['a', 'b'])
      await lake.fx.store.put(
        'raw/shop/orders.csv',
        Buffer.from(`order_id,customer_id,ordered_at,amount\n${id},c,2024-01-05 10:00:00,1\n`),
      )
    renameSync(join(lake.folder, 'raw/shop/orders.csv'), join(folder.path, 'kept.csv'))
    expect((await unannounced(lake.fx, 'shop')).sources).toEqual([])
  })
})

describe('of two files that bring the same order the one that arrived later wins,', () => {
  const day = 86_400_000
  test.each([
    ['which is older', -365 * day],
    ['which has a time to come', 365 * day],
  ])('also %s', async (_, offset) => {
    using folder = temporaryFolder()
    const { path } = folder
    await using lake = await openShop(path)
    const first = orders(path, 'first.csv', [['a', 'c', '2024-02-01 00:00:00', '9.00']])
    place(lake, first, { name: 'orders_b.csv', modified: new Date(Date.now() + (offset > 0 ? 2 * offset : 0)) })
    await runPending(lake, 'shop')
    const later = orders(path, 'later.csv', [
      ['a', 'c', '2024-01-01 00:00:00', '1.00'],
      ['b', 'c', '2024-01-02 00:00:00', '2.00'],
    ])
    place(lake, later, { name: 'orders_a.csv', modified: new Date(Date.now() + offset) })
    const run = onlyRun(await runPending(lake, 'shop'))
    expect(counts(run, 'orders')).toEqual({ kept: 2, duplicate: 0, replaced: 1, rowsTotal: 2 })
    expect(await months(lake)).toEqual([['2024-01', 2, '3.00']])
  })

  test('also within one millisecond and when the clock was set back', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    let now = Date.now()
    await using lake = await openShop(path, { clock: { now: () => now } })
    const files = ['z', 'y', 'x', 'w'].map((name, n) =>
      orders(path, `orders_${name}.csv`, [['a', 'c', '2024-02-01 00:00:00', `${n}.00`]]),
    )
    await dropped(lake, ...files)
    expect(await rows(lake, 'select amount from shop_curated.fact_orders')).toEqual([['3.00']])
    now -= 2 * day
    await using another = await openShop(path, { clock: { now: () => now } })
    await dropped(another, orders(path, 'orders_a.csv', [['a', 'c', '2024-02-01 00:00:00', '7.00']]))
    expect(await rows(another, 'select amount from shop_curated.fact_orders')).toEqual([['7.00']])
  })
})

describe('a lake that was copied has nothing pending:', () => {
  const customer = (path: string, name: string, country: string) => customers(path, name, [['c', country]])
  const country = async (lake: Lake) => (await rows(lake, 'select country from shop_curated.dim_customer')).flat()

  test.each(['all its times new', 'its times kept'])('%s', async (times) => {
    using folder = temporaryFolder()
    const { path } = folder
    {
      await using lake = await openShop(path)
      await dropped(lake, customer(path, 'customers_z.csv', 'BR'))
      await dropped(lake, customer(path, 'customers_z.csv', 'ES'))
      await dropped(lake, customer(path, 'customers_a.csv', 'PT'))
      const broken = join(path, 'orders_broken.csv')
      writeFileSync(broken, '%PDF-1.7 nothing else')
      await drop(lake, { paths: [broken] })
    }
    const copied = join(path, 'copy')
    cpSync(join(path, 'lake'), join(copied, 'lake'), {
      recursive: true,
      preserveTimestamps: times === 'its times kept',
    })
    await using lake = await openShop(copied)
    expect((await unannounced(lake.fx, 'shop')).sources).toEqual([])
    expect((await runPending(lake, 'shop')).flatMap(({ sources }) => sources)).toEqual([])
    expect(await country(lake)).toEqual(['PT'])
  })

  test('touching a raw file changes nothing, other bytes in its place do', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    await using lake = await openShop(path)
    await dropped(lake, customer(path, 'customers_z.csv', 'BR'))
    await dropped(lake, customer(path, 'customers_a.csv', 'PT'))
    const raw = join(lake.folder, 'raw/shop/customers_z.csv')
    utimesSync(raw, new Date(), new Date())
    await lake.start({ detail: { bucket: { name: 'b' }, object: { key: 'raw/shop/customers_z.csv' } } }).ended
    expect((await runPending(lake, 'shop')).flatMap(({ sources }) => sources)).toEqual([])
    expect(await country(lake)).toEqual(['PT'])
    writeFileSync(raw, 'customer_id,country\nc,ES\n')
    await runPending(lake, 'shop')
    expect(await country(lake)).toEqual(['ES'])
  })
})

test('bytes that come back after others win again, also when the file keeps its inode and its time', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openShop(path)
  for (const [country, day] of [
    ['BR', 1],
    ['PT', 2],
    ['BR', 1],
  ] as const) {
    const file = customers(path, 'in.csv', [['c', country]])
    place(lake, file, { name: 'customers.csv', modified: new Date(Date.UTC(2024, 0, day)) })
    await runPending(lake, 'shop')
    expect(await rows(lake, 'select country from shop_curated.dim_customer')).toEqual([[country]])
  }
  for (const country of ['PT', 'BR', 'PT']) {
    await dropped(lake, customers(path, 'customers.csv', [['c', country]]))
    expect(await rows(lake, 'select country from shop_curated.dim_customer')).toEqual([[country]])
  }
})
