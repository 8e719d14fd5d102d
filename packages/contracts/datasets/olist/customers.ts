import { text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row an order’s customer; customer_unique_id is the person',
  files: 'olist_customers_dataset*.csv',
  columns: {
    customer_id: text.required({ description: 'one per order' }),
    customer_unique_id: text.required({ personal: true, description: 'the person, over all orders' }),
    customer_zip_code_prefix: text.optional({ padTo: 5, personal: true, description: 'first five digits' }),
    customer_city: text.optional({ lower: true, personal: true }),
    customer_state: text.optional({ description: 'two letters' }),
  },
  key: ['customer_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
