import { int, text, timestamp } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a review of an order; review_id alone is not unique',
  files: 'olist_order_reviews_dataset*.csv',
  columns: {
    review_id: text.required(),
    order_id: text.required(),
    review_score: int.required({ min: 1, max: 5 }),
    review_comment_title: text.optional({ personal: true }),
    review_comment_message: text.optional({ personal: true, description: 'may hold line breaks' }),
    review_creation_date: timestamp.required({ description: 'survey sent' }),
    review_answer_timestamp: timestamp.optional(),
  },
  key: ['review_id', 'order_id'],
  dedupe: { greatest: 'review_answer_timestamp' },
  kind: 'append',
  partition: { name: 'review_month', by: 'month', of: 'review_creation_date' },
})
