import { text } from '@droplake/contracts/column'
import { defineTable } from '@droplake/contracts/table'

export default defineTable({
  description: 'One row per visit',
  files: 'visits*.csv',
  columns: { visit_id: text.required(), note: text.optional({ personal: true }) },
  key: ['visit_id'],
  dedupe: 'latest',
  kind: 'snapshot',
  rules: [{ name: 'note_is_a_number', severity: 'warn', expect: 'cast(note as integer) > 0' }],
})
