import { test } from 'vitest'
import { expectModel } from '../testing/expect-model.ts'

const order = {
  order_id: 'o1',
  customer_id: 'c1',
  order_status: 'delivered',
  order_purchase_timestamp: '2018-01-05 10:00:00',
  order_approved_at: '2018-01-05 10:10:00',
  order_delivered_carrier_date: '2018-01-06 09:00:00',
  order_delivered_customer_date: '2018-01-09 18:30:00',
  order_estimated_delivery_date: '2018-01-20 00:00:00',
}
const item = { order_id: 'o1', product_id: 'p1', price: '10.50', freight_value: '2.25' }

test('an order sums its units and payments without multiplying them with each other', async () => {
  await expectModel('fact_orders', {
    given: {
      orders: [order],
      order_items: [
        { ...item, order_item_id: 1 },
        { ...item, order_item_id: 2, price: '0.01' },
      ],
      order_payments: [
        { order_id: 'o1', payment_sequential: 1, payment_value: '10.00' },
        { order_id: 'o1', payment_sequential: 2, payment_value: '5.01' },
        { order_id: 'o1', payment_sequential: 3, payment_value: '0.00' },
      ],
    },
    expected: [
      {
        ...order,
        order_date: '2018-01-05',
        items: '2',
        items_value: '10.51',
        freight_value: '4.50',
        payment_value: '15.01',
        order_month: '2018-01',
      },
    ],
  })
})

test('an order without items or payments stays, with zeros', async () => {
  await expectModel('fact_orders', {
    given: {
      orders: [
        { order_id: 'no_items', order_status: 'unavailable' },
        { order_id: 'no_payment', order_status: 'delivered' },
      ],
      order_items: [{ ...item, order_id: 'no_payment' }],
      order_payments: [{ order_id: 'no_items', payment_value: '7.00' }],
    },
    columns: ['order_id', 'items', 'items_value', 'freight_value', 'payment_value'],
    expected: [
      { order_id: 'no_items', items: '0', items_value: '0.00', freight_value: '0.00', payment_value: '7.00' },
      { order_id: 'no_payment', items: '1', items_value: '10.50', freight_value: '2.25', payment_value: '0.00' },
    ],
  })
})

test('midnight belongs to the day and month that it begins', async () => {
  await expectModel('fact_orders', {
    given: {
      orders: [
        { order_id: 'last', order_purchase_timestamp: '2017-12-31 23:59:59.999' },
        { order_id: 'midnight', order_purchase_timestamp: '2018-01-01 00:00:00' },
      ],
    },
    columns: ['order_id', 'order_purchase_timestamp', 'order_date', 'order_month'],
    expected: [
      {
        order_id: 'last',
        order_purchase_timestamp: '2017-12-31 23:59:59.999',
        order_date: '2017-12-31',
        order_month: '2017-12',
      },
      {
        order_id: 'midnight',
        order_purchase_timestamp: '2018-01-01 00:00:00',
        order_date: '2018-01-01',
        order_month: '2018-01',
      },
    ],
  })
})

test('items and payments of an unknown order make no order', async () => {
  const given = { order_items: [item], order_payments: [{ order_id: 'o1', payment_value: '3.00' }] }
  await expectModel('fact_orders', { given, expected: [] })
})
