import { test } from 'vitest'
import { expectModel } from '../testing/expect-model.ts'

test('every unit of an order is a row of the month of its order', async () => {
  const item = { order_id: 'o1', product_id: 'p1', seller_id: 's1', price: '10.50', freight_value: '2.25' }
  await expectModel('fact_order_items', {
    given: {
      orders: [{ order_id: 'o1', order_purchase_timestamp: '2018-01-31 23:59:59' }],
      order_items: [
        { ...item, order_item_id: 1, shipping_limit_date: '2020-02-03 00:00:00' },
        { ...item, order_item_id: 2 },
      ],
    },
    expected: ['1', '2'].map((order_item_id) => ({
      ...item,
      order_item_id,
      order_date: '2018-01-31',
      order_month: '2018-01',
    })),
  })
})

test('an item of an unknown order and product keeps its ids, in the month unknown', async () => {
  await expectModel('fact_order_items', {
    given: { order_items: [{ order_id: 'nowhere', product_id: 'nothing', price: '5.00' }] },
    columns: ['order_id', 'product_id', 'price', 'order_date', 'order_month'],
    expected: [{ order_id: 'nowhere', product_id: 'nothing', price: '5.00', order_date: null, order_month: 'unknown' }],
  })
})
