import { decimal, text, timestamp } from '@droplake/contracts/column'
import { defineTable } from '@droplake/contracts/table'

export default defineTable({
  description: 'One row per order that came back',
  files: 'returns*.csv',
  columns: {
    return_id: text.required(),
    order_id: text.required(),
    returned_at: timestamp.required(),
    reason: text.required({ lower: true, accepted: ['damaged', 'wrong item', 'changed mind'] }),
    refund: decimal(10, 2).required({ min: 0, unit: 'BRL' }),
  },
  key: ['return_id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'return_month', by: 'month', of: 'returned_at' },
})
