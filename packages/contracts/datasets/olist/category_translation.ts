import { text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'English names of product categories',
  files: 'product_category_name_translation*.csv',
  columns: {
    product_category_name: text.required({ lower: true }),
    product_category_name_english: text.required(),
  },
  key: ['product_category_name'],
  dedupe: 'latest',
  kind: 'snapshot',
})
