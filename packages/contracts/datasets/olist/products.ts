import { int, text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a product; 610 of the public file have no category',
  files: 'olist_products_dataset*.csv',
  columns: {
    product_id: text.required(),
    product_category_name: text.optional({ lower: true, description: 'Portuguese, with underscores' }),
    product_name_length: int.optional({ header: 'product_name_lenght', min: 0, unit: 'characters' }),
    product_description_length: int.optional({ header: 'product_description_lenght', min: 0, unit: 'characters' }),
    product_photos_qty: int.optional({ min: 0 }),
    product_weight_g: int.optional({ min: 0, unit: 'g' }),
    product_length_cm: int.optional({ min: 0, unit: 'cm' }),
    product_height_cm: int.optional({ min: 0, unit: 'cm' }),
    product_width_cm: int.optional({ min: 0, unit: 'cm' }),
  },
  key: ['product_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
