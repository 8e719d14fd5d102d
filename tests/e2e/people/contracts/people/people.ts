import { decimal, int, text, timestamp } from '@droplake/contracts/column'
import { defineTable } from '@droplake/contracts/table'

export default defineTable({
  description: 'One row per person',
  files: 'people*.csv',
  columns: {
    person_id: text.required({ personal: true }),
    full_name: text.optional({ personal: true }),
    age: int.optional({ personal: true, min: 0, max: 150 }),
    income: decimal(10, 2).optional({ personal: true }),
    born_at: timestamp.optional({ personal: true }),
  },
  key: ['person_id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
