import { expect, test } from 'vitest'
import { text } from './column.ts'
import type { Dataset } from './dataset.ts'
import { builtIn } from './registry.ts'
import { routeFile, routeKey } from './route.ts'
import { defineTable } from './table.ts'

const routed = (key: string) => routeKey(builtIn, key)?.name

test('the name of the file finds its table', () => {
  expect(routed('raw/olist/olist_orders_dataset.csv')).toBe('orders')
  expect(routed('raw/olist/olist_order_items_dataset.csv')).toBe('order_items')
  expect(routed('raw/olist/olist_order_reviews_dataset.csv')).toBe('order_reviews')
  expect(routed('raw/olist/product_category_name_translation.csv')).toBe('category_translation')
})

test('a suffix, a compression ending and the case of the name do not matter', () => {
  for (const name of [
    'olist_orders_dataset_2018-01.csv',
    'olist_orders_dataset (1).csv',
    'olist_orders_dataset.csv.gz',
    'olist_orders_dataset.csv.zip',
    'olist_orders_dataset_7.csv.zst',
    'OLIST_ORDERS_DATASET.CSV',
    'Olist_Orders_Dataset.csv.GZ',
  ])
    expect(routed(`raw/olist/${name}`), name).toBe('orders')
})

test('the pattern is a name, not a regular expression, and fits from end to end', () => {
  for (const name of [
    'olist_orders_dataset.csv.bak',
    'old_olist_orders_dataset.csv',
    'olist_orders_datasetXcsv',
    'olist_orders_dataset.csv.7z',
    'olist_orders_dataset',
  ])
    expect(routed(`raw/olist/${name}`), name).toBeUndefined()
})

test('the folder of a table takes any name', () => {
  expect(routed('raw/olist/customers/export 7.txt')).toBe('customers')
  expect(routed('raw/olist/customers/2018/01/export.csv')).toBe('customers')
  expect(routed('raw/olist/customers/olist_orders_dataset.csv')).toBe('customers')
})

test('a folder that is no table leaves the decision to the name', () => {
  expect(routed('raw/olist/2018/olist_orders_dataset.csv')).toBe('orders')
  expect(routed('raw/olist/2018/export.csv')).toBeUndefined()
  expect(routed('raw/olist/customers')).toBeUndefined()
})

test('every raw folder of a dataset leads to all its tables', () => {
  expect(routed('raw/olist_clickstream/olist_clickstream_events_1.csv')).toBe('olist_clickstream_events')
  expect(routed('raw/olist/olist_clickstream_events_1.csv')).toBe('olist_clickstream_events')
  expect(routed('raw/olist_clickstream/olist_orders_dataset.csv')).toBe('orders')
})

test('what lies elsewhere belongs to nobody', () => {
  expect(routed('raw/elsewhere/olist_orders_dataset.csv')).toBeUndefined()
  expect(routed('cleaned/olist/olist_orders_dataset.csv')).toBeUndefined()
  expect(routed('raw/olist_orders_dataset.csv')).toBeUndefined()
})

test('a folder with the name of a property that every object has is no table', () => {
  expect(routed('raw/olist/constructor/export.csv')).toBeUndefined()
  expect(routed('raw/olist/toString/olist_orders_dataset.csv')).toBe('orders')
})

const dataset = (name: string, patterns: Record<string, string>): Dataset => ({
  name,
  description: '',
  rawFolders: [name],
  settleSeconds: 0,
  tables: Object.fromEntries(
    Object.entries(patterns).map(([table, files]) => [
      table,
      {
        ...defineTable({
          description: '',
          files,
          columns: { id: text.required() },
          key: ['id'],
          dedupe: 'latest',
          kind: 'snapshot',
        }),
        name: table,
        dataset: name,
      },
    ]),
  ),
})

test('a name that two tables take is nobody’s, unless the folder tells', () => {
  const datasets = {
    shop: dataset('shop', { orders: 'orders*.csv', returns: 'orders_returned*.csv' }),
    store: dataset('store', { orders: 'orders*.csv' }),
  }
  expect(routeKey(datasets, 'raw/shop/orders_returned.csv')).toBeUndefined()
  expect(routeKey(datasets, 'raw/shop/returns/orders_returned.csv')?.name).toBe('returns')
  expect(routeFile(datasets, 'orders.csv')).toBeUndefined()
  expect(routeFile({ store: datasets.store }, 'orders.csv')?.dataset).toBe('store')
  expect(routeKey(datasets, 'raw/store/orders.csv')?.dataset).toBe('store')
})
