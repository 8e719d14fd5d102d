import { decimal, int, text, timestamp } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a unit sold; units of one order count from 1',
  files: 'olist_order_items_dataset*.csv',
  columns: {
    order_id: text.required(),
    order_item_id: int.required({ min: 1, description: 'number of the unit in its order' }),
    product_id: text.required(),
    seller_id: text.required(),
    shipping_limit_date: timestamp.optional({ description: 'seller must hand over by then' }),
    price: decimal(10, 2).required({ min: 0, unit: 'BRL' }),
    freight_value: decimal(10, 2).required({ min: 0, unit: 'BRL' }),
  },
  key: ['order_id', 'order_item_id'],
  dedupe: 'latest',
  kind: 'snapshot',
  enrich: {
    lookups: [
      {
        table: 'orders',
        on: { order_id: 'order_id' },
        take: { order_purchase_timestamp: 'order_purchase_timestamp', customer_id: 'customer_id' },
      },
      {
        table: 'customers',
        on: { customer_id: 'customer_id' },
        take: { customer_unique_id: 'customer_unique_id', customer_state: 'customer_state' },
      },
      {
        table: 'products',
        on: { product_id: 'product_id' },
        take: { product_category_name: 'product_category_name' },
      },
      {
        table: 'category_translation',
        on: { product_category_name: 'product_category_name' },
        take: { category_english: 'product_category_name_english' },
      },
      { table: 'sellers', on: { seller_id: 'seller_id' }, take: { seller_state: 'seller_state' } },
    ],
    partition: { name: 'order_month', by: 'month', of: 'order_purchase_timestamp' },
  },
})
