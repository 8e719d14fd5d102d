import { text } from '@droplake/contracts/column'
import { defineTable } from '@droplake/contracts/table'

export default defineTable({
  description: 'One row a customer',
  files: 'customers*.csv',
  columns: {
    customer_id: text.required({ personal: true }),
    country: text.optional({ accepted: ['BR', 'PT'] }),
  },
  key: ['customer_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
