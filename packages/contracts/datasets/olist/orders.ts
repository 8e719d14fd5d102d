import { dateOf, text, timestamp } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row an order, with its status and the times of its way to the customer',
  files: 'olist_orders_dataset*.csv',
  columns: {
    order_id: text.required({ description: 'order' }),
    customer_id: text.required({
      description: 'customer of this one order; the person is customers.customer_unique_id',
    }),
    order_status: text.required({
      lower: true,
      accepted: ['created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'unavailable', 'canceled'],
    }),
    order_purchase_timestamp: timestamp.required(),
    order_approved_at: timestamp.optional(),
    order_delivered_carrier_date: timestamp.optional({ description: 'handed to the carrier' }),
    order_delivered_customer_date: timestamp.optional(),
    order_estimated_delivery_date: timestamp.optional({ description: 'promised at purchase, at midnight' }),
    order_date: dateOf('order_purchase_timestamp', 'UTC day of purchase'),
  },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'order_month', by: 'month', of: 'order_purchase_timestamp' },
  rules: [
    {
      name: 'carrier_not_before_purchase',
      severity: 'warn',
      expect: 'order_delivered_carrier_date is null or order_delivered_carrier_date >= order_purchase_timestamp',
    },
    {
      name: 'delivered_not_before_carrier',
      severity: 'warn',
      expect:
        'order_delivered_customer_date is null or order_delivered_carrier_date is null or order_delivered_customer_date >= order_delivered_carrier_date',
    },
    {
      name: 'delivered_has_a_date',
      severity: 'warn',
      expect: "order_status <> 'delivered' or order_delivered_customer_date is not null",
    },
  ],
})
