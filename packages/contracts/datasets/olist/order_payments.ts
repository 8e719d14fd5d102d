import { decimal, int, text } from '../../column.ts'
import { defineTable } from '../../table.ts'

export default defineTable({
  description: 'One row a payment of an order; vouchers make several',
  files: 'olist_order_payments_dataset*.csv',
  columns: {
    order_id: text.required(),
    payment_sequential: int.required({ min: 1, description: 'number of the payment in its order' }),
    payment_type: text.required({
      lower: true,
      accepted: ['credit_card', 'boleto', 'voucher', 'debit_card', 'not_defined'],
    }),
    payment_installments: int.optional({ min: 0 }),
    payment_value: decimal(10, 2).required({ min: 0, unit: 'BRL' }),
  },
  key: ['order_id', 'payment_sequential'],
  dedupe: 'latest',
  kind: 'snapshot',
})
