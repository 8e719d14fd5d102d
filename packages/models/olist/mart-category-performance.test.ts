import { test } from 'vitest'
import { expectModel } from '../testing/expect-model.ts'

const given = {
  orders: [
    { order_id: 'o1', order_status: 'delivered', order_purchase_timestamp: '2018-01-31 23:59:59' },
    { order_id: 'o2', order_status: 'shipped', order_purchase_timestamp: '2018-01-01 00:00:00' },
    { order_id: 'o3', order_status: 'canceled', order_purchase_timestamp: '2018-01-10 00:00:00' },
    { order_id: 'o4', order_status: 'unavailable', order_purchase_timestamp: '2018-02-01 00:00:00' },
    { order_id: 'empty', order_status: 'created', order_purchase_timestamp: '2018-03-01 00:00:00' },
  ],
  products: [
    { product_id: 'cream', product_category_name: 'beleza_saude' },
    { product_id: 'pc', product_category_name: 'pc_gamer' },
    { product_id: 'plain' },
  ],
  category_translation: [{ product_category_name: 'beleza_saude', product_category_name_english: 'health_beauty' }],
  order_items: [
    { order_id: 'o1', order_item_id: 1, product_id: 'cream', price: '10.00', freight_value: '1.00' },
    { order_id: 'o1', order_item_id: 2, product_id: 'cream', price: '10.00', freight_value: '1.00' },
    { order_id: 'o1', order_item_id: 3, product_id: 'plain', price: '5.00', freight_value: '0.50' },
    { order_id: 'o2', order_item_id: 1, product_id: 'nothing', price: '5.00', freight_value: '0.00' },
    { order_id: 'o3', order_item_id: 1, product_id: 'cream', price: '99.99', freight_value: '9.99' },
    { order_id: 'o4', order_item_id: 1, product_id: 'pc', price: '50.00', freight_value: '7.00' },
    { order_id: 'orphan', order_item_id: 1, product_id: 'pc', price: '3.00', freight_value: '0.10' },
  ],
}

test('categories share the revenue of a month; canceled and unavailable orders are in gross_revenue only', async () => {
  const row = (cells: string[], share_pct: string | null) => {
    const [order_month, product_category_name, category_english, orders, units, revenue, gross_revenue, freight] = cells
    return {
      order_month: order_month!,
      product_category_name: product_category_name!,
      category_english: category_english!,
      orders: orders!,
      units: units!,
      revenue: revenue!,
      gross_revenue: gross_revenue!,
      freight: freight!,
      share_pct,
    }
  }
  await expectModel('mart_category_performance', {
    given,
    expected: [
      row(['2018-01', '(unknown)', '(unknown)', '2', '2', '10.00', '10.00', '0.50'], '33.33'),
      row(['2018-01', 'beleza_saude', 'health_beauty', '1', '2', '20.00', '119.99', '2.00'], '66.67'),
      row(['2018-02', 'pc_gamer', 'pc_gamer', '0', '0', '0.00', '50.00', '0.00'], null),
      row(['unknown', 'pc_gamer', 'pc_gamer', '1', '1', '3.00', '3.00', '0.10'], '100.00'),
    ],
  })
})
