import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drop } from '@droplake/local/drop'
import { findDamage } from '@droplake/local/find-damage'
import { datasetOfModel, versionsOf } from '@droplake/local/rollback'
import { runPending } from '@droplake/local/run'
import { keys } from '@droplake/pipeline/keys'
import { checkpointEvery, readState } from '@droplake/pipeline/log'
import { pendingSources } from '@droplake/pipeline/markers'
import type { Report } from '@droplake/pipeline/report'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readStatusAnyway } from '../../packages/cli/read-status.ts'
import { customers, type OpenLake, openShop, orders, publicRows, rows, temporaryFolder } from '../e2e/shop.ts'
import { logOf } from './examine.ts'
import { baseLake, linkLake } from './scenario.ts'

type Folder = ReturnType<typeof temporaryFolder>
let base: Folder
let folder: Folder
beforeAll(async () => {
  base = temporaryFolder()
  await baseLake(base.path)
})
afterAll(() => base[Symbol.dispose]())
beforeEach(() => {
  folder = temporaryFolder()
  linkLake(base.path, folder.path)
})
afterEach(() => folder[Symbol.dispose]())

const at = (key: string) => join(folder.path, 'lake', key)
const harms: [string, (path: string) => void][] = [
  ['empty', (path) => replace(path, '')],
  ['cut', (path) => replace(path, '{"seq": 2, "kin')],
]
/** A file of its own: the lakes of this suite share theirs as hard links. */
function replace(path: string, text: string): void {
  rmSync(path)
  writeFileSync(path, text)
}

const last = (runs: readonly Report[]) => runs.at(-1)
const newOrder = () => orders(folder.path, 'orders-9.csv', [['o99', 'c1', '2026-01-10 10:00:00', '1.00']])
const mend = async (lake: OpenLake, key: string) =>
  (await findDamage(lake, 'shop')).damages.find((damage) => damage.key === key)?.mend
async function firstKey(lake: OpenLake, prefix: string): Promise<string> {
  for await (const { key } of lake.fx.store.list(prefix)) return key
  throw new Error(`nothing under ${prefix}`)
}

describe.each(harms)('an object that is %s', (_, harm) => {
  test('in the log is an error that names it; readers go on', async () => {
    await using before = await openShop(folder.path)
    const shown = await publicRows(before)
    const key = keys.logEntry('shop', 2)
    harm(at(key))
    await using lake = await openShop(folder.path)
    await expect(readState(lake.fx.store, 'shop')).rejects.toThrow(
      new RegExp(`^lake: ${key} is (empty|damaged); restore it from a backup, or drop raw/ into a fresh lake`),
    )
    await expect(runPending(lake, 'shop')).rejects.toThrow(key)
    expect(await publicRows(lake)).toEqual(shown)
    expect(await readStatusAnyway(lake, 'shop')).toMatchObject({
      tables: { orders: { rows: 12 } },
      models: { fact_orders: { rows: 12 } },
      damaged: expect.stringContaining(key),
    })
    const model = 'mart_revenue'
    expect(await datasetOfModel(lake, model, ['shop'])).toBe('shop')
    expect((await versionsOf(lake, { dataset: 'shop', model })).versions).toMatchObject([{ shown: true }])
    expect(await mend(lake, key)).toContain('droplake drop LAKE/raw --lake NEW')
  })

  test('among the hints changes nothing', async () => {
    const key = keys.logHint('shop')
    await using lake = await openShop(folder.path)
    await lake.fx.store.put(key, Buffer.from('{"seq": 50}'))
    harm(at(key))
    await using other = await openShop(folder.path)
    expect((await drop(other, { paths: [newOrder()] })).runs.map(({ status }) => status)).toEqual(['published'])
  })

  test('among the pending records is left out, and its file is enqueued anew', async () => {
    await using lake = await openShop(folder.path)
    await drop(lake, { paths: [newOrder()], wait: false })
    const key = await firstKey(lake, keys.pending('shop'))
    harm(at(key))
    await using other = await openShop(folder.path)
    expect(await pendingSources(other.fx.store, 'shop')).toEqual([])
    expect(await mend(other, key)).toBe('droplake run enqueues its file anew; delete it where the file is gone')
    expect(last(await runPending(other, 'shop'))?.sources).toMatchObject([{ outcome: 'taken' }])
    expect((await findDamage(other, 'shop')).damages).toEqual([])
  })

  test('of the pending records whose file is gone stops nobody else', async () => {
    await using lake = await openShop(folder.path)
    const key = keys.marker('shop', 'f'.repeat(32))
    await lake.fx.store.put(key, Buffer.from('{}'))
    harm(at(key))
    expect((await drop(lake, { paths: [newOrder()] })).runs.map(({ status }) => status)).toEqual(['published'])
    expect(await mend(lake, key)).toContain('delete it where the file is gone')
  })

  test('that is a report or the catalog’s newest state is named, and the next run needs neither', async () => {
    await using lake = await openShop(folder.path)
    const { ended } = await readState(lake.fx.store, 'shop')
    const report = keys.report(ended[0]?.run ?? '')
    const states: string[] = []
    for await (const { key } of lake.fx.store.list('ops/catalog/shop/')) if (!key.includes('build')) states.push(key)
    const state = states.at(-1) ?? ''
    harm(at(report))
    harm(at(state))
    await using other = await openShop(folder.path)
    expect((await findDamage(other, 'shop')).damages.map(({ key }) => key).sort()).toEqual([state, report].sort())
    await expect(rows(other, 'select 1 from shop_curated.fact_orders')).rejects.toThrow(`lake: ${state} is `)
    expect(await mend(other, state)).toBe('droplake run writes the catalog anew')
    expect((await drop(other, { paths: [newOrder()] })).runs.map(({ status }) => status)).toEqual(['published'])
    expect(await rows(other, 'select count(*) from shop_curated.fact_orders')).toEqual([[13]])
  })

  test('that registers a model’s table is left out, and the next run builds that model anew', async () => {
    await using lake = await openShop(folder.path)
    const key = await firstKey(lake, 'ops/catalog/shop/build/mart_revenue')
    const before = await publicRows(lake)
    harm(at(key))
    await using other = await openShop(folder.path)
    expect(await rows(other, 'select count(*) from shop_curated.fact_orders')).toEqual([[12]])
    expect(last(await runPending(other, 'shop'))?.models).toMatchObject({
      fact_orders: { status: 'unchanged' },
      mart_revenue: { status: 'published' },
    })
    expect(await publicRows(other)).toEqual(before)
  })
})

test('an entry of the log that is gone is named', async () => {
  const key = keys.logEntry('shop', 2)
  rmSync(at(key))
  await using lake = await openShop(folder.path)
  await expect(readState(lake.fx.store, 'shop')).rejects.toThrow(`lake: ${key} is gone; restore it from a backup`)
  expect(await mend(lake, key)).toContain('restore it')
})

test('an entry of a kind that nobody knows is damage, not a riddle', async () => {
  const key = keys.logEntry('shop', 3)
  replace(at(key), JSON.stringify({ seq: 3, kind: 'party', run: 'r', at: 1, format: 2 }))
  await using lake = await openShop(folder.path)
  await expect(readState(lake.fx.store, 'shop')).rejects.toThrow(`lake: ${key} is damaged`)
})

test('what is damaged before a checkpoint harms nobody, also without a hint', async () => {
  await using lake = await openShop(folder.path)
  while ((await readState(lake.fx.store, 'shop')).seq < checkpointEvery + 1) await runPending(lake, 'shop')
  rmSync(at(keys.logHint('shop')), { force: true })
  replace(at(keys.logEntry('shop', 7)), 'x')
  await using other = await openShop(folder.path)
  expect(await readState(other.fx.store, 'shop')).toEqual(await readState(lake.fx.store, 'shop'))
  expect((await findDamage(other, 'shop')).damages).toMatchObject([{ key: keys.logEntry('shop', 7), harmless: true }])
})

test.each<[string, unknown]>([
  ['an entry that is no checkpoint', { seq: 3 }],
  ['an entry that there is not', { seq: 5000 }],
  ['another dataset', { seq: '../olist/50' }],
  ['nothing', { seq: null }],
])('a hint at %s misleads nobody', async (_, hint) => {
  await using lake = await openShop(folder.path)
  await lake.fx.store.put(keys.logHint('shop'), Buffer.from(JSON.stringify(hint)))
  expect((await readState(lake.fx.store, 'shop')).seq).toBe((await logOf(lake)).length)
})

test.each<[string, (path: string) => void]>([
  ['gone', (path) => rmSync(path)],
  ['another file', (path) => replace(path, 'x'.repeat(900))],
])('a cleaned file that is %s fails its table alone, by name; the doctor finds it', async (_, harm) => {
  await using before = await openShop(folder.path)
  const file = (await readState(before.fx.store, 'shop')).tables.orders?.partitions['2026-01']?.files[0]?.key ?? ''
  harm(at(file))
  await using lake = await openShop(folder.path)
  expect(await mend(lake, file)).toContain('droplake drop LAKE/raw --lake NEW')
  const paths = [newOrder(), customers(folder.path, 'customers-9.csv', [['c9', 'BR']])]
  const { runs } = await drop(lake, { paths })
  expect(last(runs)?.error).toContain(file)
  expect(last(runs)?.sources.map(({ table, outcome }) => [table, outcome])).toEqual(
    expect.arrayContaining([
      ['orders', 'deferred'],
      ['customers', 'taken'],
    ]),
  )
  for (let again = 0; again < 3; again++) await runPending(lake, 'shop')
  expect((await pendingSources(lake.fx.store, 'shop')).map(({ table }) => table)).toEqual(['orders'])
  expect(await rows(lake, `select country from shop_curated.dim_customer where customer_id = 'c9'`)).toEqual([['BR']])
})

test('files of a model that are gone are built anew by the next run', async () => {
  await using lake = await openShop(folder.path)
  const before = await publicRows(lake)
  const { models } = await readState(lake.fx.store, 'shop')
  const file = Object.values(models.fact_orders?.partitions ?? {})[0]?.files[0] ?? ''
  rmSync(at(file))
  expect(await mend(lake, file)).toBe('droplake run builds its model anew')
  expect(last(await runPending(lake, 'shop'))).toMatchObject({ status: 'published' })
  expect(await publicRows(lake)).toEqual(before)
  expect((await findDamage(lake, 'shop')).damages).toEqual([])
})

test('a lake of another format is refused with its number and the way to a fresh one', async () => {
  const key = keys.logEntry('shop', 1)
  await using lake = await openShop(folder.path)
  const { format, ...entry } = (await logOf(lake))[0] ?? {}
  expect(format).toBe(2)
  replace(at(key), JSON.stringify(entry))
  await using other = await openShop(folder.path)
  const text =
    'lake: this lake has format 1; this droplake reads format 2. Generate the data anew, or drop its raw/ into a fresh lake: droplake drop OLD/raw --lake NEW'
  await expect(readState(other.fx.store, 'shop')).rejects.toThrow(text)
  await expect(findDamage(other, 'shop')).rejects.toThrow(text)
  await expect(drop(other, { paths: [newOrder()] })).rejects.toThrow(text)
})
