import { expect, test } from 'vitest'
import { text } from './column.ts'
import type { Dataset } from './dataset.ts'
import { isLitter } from './file-name.ts'
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

test('a name is found however people and programs wrote it', () => {
  const names = {
    order_payments: [
      'Copy of olist_order_payments_dataset.csv',
      'olist_order_payments_dataset (1).csv',
      'df_order_payments_clean.csv',
      'olist-order-payments-dataset.csv',
      'olist order payments dataset.csv',
      'olist_order_payments_dataset.txt',
      'olist_order_payments_dataset.tsv',
      'olist_order_payments_dataset',
      'olist-order-payments-dataset-2018-03.csv',
      'order_payments.csv',
      'ORDER_PAYMENTS.CSV',
      'OrderPayments.csv.gz',
      'order-payments-20180301.csv',
      'Cópia de order_payments.csv',
      'order_payments_final_v2 (3).csv',
    ],
    orders: ['orders.csv', 'order.csv', 'orders_march_2018.csv', 'olist_orders_dataset.csv.bak'],
    order_items: ['order_items.csv', 'Order Item.csv'],
    category_translation: ['product-category-name-translation.csv', 'category_translation.txt'],
  }
  for (const [table, all] of Object.entries(names))
    for (const name of all) expect(routed(`raw/olist/${name}`), name).toBe(table)
})

test('other words are another name', () => {
  for (const name of [
    'old_olist_orders_dataset.csv',
    'orders_returned.csv',
    'orders_products.csv',
    'retailrocket_orders.csv',
    'data.csv',
    'export (2).csv',
    '2018-03.csv',
    'notes.txt',
  ])
    expect(routed(`raw/olist/${name}`), name).toBeUndefined()
})

test('the folder names what numbers its files', () => {
  const part = 'part-00000-5f2c1d7e-aaaa-4bbb-8ccc-1234567890ab-c000.csv'
  expect(routed(`raw/olist/olist_order_payments_dataset.csv/${part}`)).toBe('order_payments')
  expect(routed(`raw/olist/order_payments/month=2018-03/${part}`)).toBe('order_payments')
  expect(routed('raw/olist/Copy of sellers/000000_0.gz')).toBe('sellers')
  expect(routed('raw/olist/sellers.csv/olist_orders_dataset.csv'), 'the file’s own name').toBe('orders')
})

test('what programs leave beside the data is litter', () => {
  for (const path of [
    'X.csv/_SUCCESS',
    'X.csv/_committed_12',
    '.part-0.csv.crc',
    '__MACOSX/._a.csv',
    'a/.DS_Store',
    'Thumbs.db',
  ])
    expect(isLitter(path), path).toBe(true)
  for (const path of ['X.csv/part-0.csv', '_orders.csv', 'success.csv']) expect(isLitter(path), path).toBe(false)
})

test('a stricter fit wins over a looser one, and two that fit alike are none', () => {
  const datasets = {
    shop: dataset('shop', { orders: 'shop_orders*.csv', order: 'single_order*.csv' }),
    store: dataset('store', { orders: 'store_orders*.csv' }),
  }
  expect(routeFile({ shop: datasets.shop }, 'orders.csv')?.name).toBe('orders')
  expect(routeFile({ shop: datasets.shop }, 'order.csv')?.name).toBe('order')
  expect(routeFile(datasets, 'orders.csv')).toBeUndefined()
  expect(routeFile(datasets, 'store-orders.csv')?.dataset).toBe('store')
})

test('the folder of a table takes any name', () => {
  expect(routed('raw/olist/customers/export 7.txt')).toBe('customers')
  expect(routed('raw/olist/customers/2018/01/export.csv')).toBe('customers')
  expect(routed('raw/olist/customers/olist_orders_dataset.csv')).toBe('customers')
})

test('a folder that is no table leaves the decision to the name', () => {
  expect(routed('raw/olist/2018/olist_orders_dataset.csv')).toBe('orders')
  expect(routed('raw/olist/2018/export.csv')).toBeUndefined()
  expect(routed('raw/olist/customers'), 'a file without an ending').toBe('customers')
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
