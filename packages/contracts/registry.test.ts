import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { builtIn, loadDatasets } from './registry.ts'
import { routeKey } from './route.ts'

const home = mkdtempSync(join(tmpdir(), 'droplake-contracts-'))
afterAll(() => rmSync(home, { recursive: true }))

const table = (files: string) =>
  `export default { description: '', files: '${files}', columns: {}, key: [], dedupe: 'none', kind: 'snapshot' }\n`

test('one file more is one table more, named after the file', async () => {
  const [before, after] = [join(home, 'before'), join(home, 'after')]
  mkdirSync(join(before, 'shop'), { recursive: true })
  writeFileSync(join(before, 'README.md'), 'no dataset')
  writeFileSync(join(before, 'shop/dataset.ts'), `export default { description: 'a shop', settleSeconds: 7 }\n`)
  writeFileSync(join(before, 'shop/orders.ts'), table('orders*.csv'))
  writeFileSync(join(before, 'shop/orders.test.ts'), `throw new Error('a test is no table')\n`)
  cpSync(before, after, { recursive: true })
  writeFileSync(join(after, 'shop/gift-cards.ts'), table('cards*.csv'))

  expect(Object.keys((await loadDatasets(before)).shop?.tables ?? {})).toEqual(['orders'])
  const datasets = await loadDatasets(after)
  expect(Object.keys(datasets)).toEqual(['shop'])
  expect(datasets.shop).toMatchObject({ name: 'shop', rawFolders: ['shop'], settleSeconds: 7 })
  expect(datasets.shop?.tables).toMatchObject({
    orders: { name: 'orders', dataset: 'shop' },
    gift_cards: { name: 'gift_cards', dataset: 'shop' },
  })
  expect(routeKey(datasets, 'raw/shop/cards_1.csv')?.name).toBe('gift_cards')
})

test('a table reads numbers and dates as its dataset says, unless it says something else', async () => {
  const root = join(home, 'styles')
  mkdirSync(join(root, 'shop'), { recursive: true })
  const settings = `{ description: '', settleSeconds: 7, dateOrder: 'dmy', decimalSign: 'comma' }`
  writeFileSync(join(root, 'shop/dataset.ts'), `export default ${settings}\n`)
  writeFileSync(join(root, 'shop/orders.ts'), table('orders*.csv'))
  writeFileSync(join(root, 'shop/items.ts'), table('items*.csv').replace('{', `{ dateOrder: 'mdy',`))
  const { shop } = await loadDatasets(root)
  expect(shop?.tables).toMatchObject({
    orders: { dateOrder: 'dmy', decimalSign: 'comma' },
    items: { dateOrder: 'mdy', decimalSign: 'comma' },
  })
})

test('the built-in olist has the ten tables of its source and both raw folders, and reads dates day first', () => {
  expect(builtIn.olist?.tables.orders).toMatchObject({ dateOrder: 'dmy' })
  expect(builtIn.olist?.rawFolders).toEqual(['olist', 'olist_clickstream'])
  expect(Object.keys(builtIn.olist?.tables ?? {}).sort()).toEqual([
    'category_translation',
    'customers',
    'geolocation',
    'olist_clickstream_events',
    'order_items',
    'order_payments',
    'order_reviews',
    'orders',
    'products',
    'sellers',
  ])
})
