import { dateOf, int, text, timestamp } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a click of a shop session',
  files: 'olist_clickstream_events*.csv',
  columns: {
    event_id: text.required(),
    session_id: text.required(),
    customer_id: text.optional({ description: 'empty until the visitor logs in' }),
    event_type: text.required({
      lower: true,
      accepted: ['page_view', 'view_product', 'add_to_cart', 'checkout', 'purchase'],
    }),
    event_ts: timestamp.required(),
    product_id: text.optional(),
    order_id: text.optional(),
    device_type: text.optional({ lower: true }),
    traffic_source: text.optional({ lower: true }),
    is_authenticated: int.optional({ description: '0 or 1' }),
    customer_city: text.optional({ lower: true, personal: true }),
    customer_state: text.optional(),
    event_date: dateOf('event_ts', 'UTC day of the event'),
  },
  key: ['event_id'],
  dedupe: 'first',
  kind: 'append',
  partition: { name: 'event_month', by: 'month', of: 'event_ts' },
  enrich: {
    lookups: [
      { table: 'customers', on: { customer_id: 'customer_id' }, take: { customer_unique_id: 'customer_unique_id' } },
      {
        table: 'products',
        on: { product_id: 'product_id' },
        take: { product_category_name: 'product_category_name' },
      },
      { table: 'orders', on: { order_id: 'order_id' }, take: { order_status: 'order_status' } },
    ],
  },
  rules: [
    {
      name: 'purchase_has_an_order',
      severity: 'warn',
      expect: "event_type <> 'purchase' or order_id is not null",
    },
    {
      name: 'is_authenticated_is_0_or_1',
      severity: 'warn',
      expect: 'is_authenticated is null or is_authenticated in (0, 1)',
    },
  ],
})
