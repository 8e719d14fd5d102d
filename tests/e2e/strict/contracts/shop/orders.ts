import { decimal, text, timestamp } from '@droplake/contracts/column'
import { defineTable } from '@droplake/contracts/table'

export default defineTable({
  description: 'One row an order',
  files: 'orders*.csv',
  columns: {
    order_id: text.required(),
    customer_id: text.required({ personal: true }),
    ordered_at: timestamp.required(),
    amount: decimal(10, 2).required({ min: 0, max: 100000 }),
  },
  key: ['order_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'order_month', by: 'month', of: 'ordered_at' },
  enrich: { lookups: [{ table: 'customers', on: { customer_id: 'customer_id' }, take: { country: 'country' } }] },
  quarantineAlert: 0.2,
  rules: [
    { name: 'amount_is_below_a_thousand', severity: 'error', expect: 'amount < 1000' },
    { name: 'ordered_this_century', severity: 'warn', expect: "ordered_at >= timestamp '2000-01-01 00:00:00'" },
  ],
})
