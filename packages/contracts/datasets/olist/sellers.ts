import { text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a seller',
  files: 'olist_sellers_dataset*.csv',
  columns: {
    seller_id: text.required(),
    seller_zip_code_prefix: text.optional({ padTo: 5 }),
    seller_city: text.optional({ lower: true }),
    seller_state: text.optional(),
  },
  key: ['seller_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
