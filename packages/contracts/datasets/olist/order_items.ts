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
})
