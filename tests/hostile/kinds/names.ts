import { bytesOf, type HostileFile, headerOf, kinds, type Right, taken } from '../kind.ts'

/** Names that files have. */
const { list, add } = kinds('na')
export const names = list

const payments = (id: string) => bytesOf(`${headerOf('order_payments').join(',')}\n${id},1,boleto,1,10.00\n`)
const paid = (id: string): Right => taken('order_payments', [{ order_id: id, payment_value: '10.00' }])
const named = (what: string, name: (id: string) => string, right: (id: string) => Right | Right[] = paid) =>
  add(what, (id): HostileFile => ({ name: name(id), bytes: payments(id), right: right(id) }))

named('a name in upper case', (id) => `OLIST_ORDER_PAYMENTS_DATASET_${id}.CSV`)
named('a copy of a file', (id) => `Copy of olist_order_payments_dataset_${id}.csv`)
named('a file that was downloaded twice', (id) => `olist_order_payments_dataset_${id} (1).csv`)
named('hyphens for underscores', (id) => `olist-order-payments-dataset-${id}.csv`)
named('blanks for underscores', (id) => `olist order payments dataset ${id}.csv`)
named('a text file', (id) => `olist_order_payments_dataset_${id}.txt`)
named('a name that a notebook gave', (id) => `df_order_payments_clean_${id}.csv`)
named('the name of the table', (id) => `order_payments_${id}.csv`)
named('a date behind the name', (id) => `order_payments_2018-03-05_${id}.csv`)
named(
  'a name that says nothing',
  (id) => `export_${id}.csv`,
  (id) => taken('order_payments', [{ order_id: id }], { warning: /by its header/ }),
)
named(
  'a name in another language',
  (id) => `pagamentos_${id}.csv`,
  (id) => taken('order_payments', [{ order_id: id }], { warning: /by its header/ }),
)
for (const [what, piece] of [
  ['a plus sign', '+'],
  ['a percent sign', '%'],
  ['an escaped slash', '%2F'],
  ['a hash', '#'],
  ['a question mark', '?'],
  ['an ampersand', '&'],
  ['a star', '*'],
  ['brackets', '[1]'],
  ['braces', '{a,b}'],
  ['a quote', "'"],
  ['a double quote', '"'],
  ['a semicolon', ';'],
  ['an equals sign', 'a=b'],
  ['a dollar sign', '$HOME'],
  ['an at sign', '@'],
  ['a tilde', '~'],
  ['a comma', ','],
  ['an emoji', '🛒'],
  ['accents as marks of their own', 'sa\u0303o'],
  ['Chinese', '订单'],
  ['two dots', '..'],
] as const)
  named(`a name with ${what}`, (id) => `olist_order_payments_dataset_${id}${piece}x.csv`)
named('a name of two hundred characters', (id) => `olist_order_payments_dataset_${id}${'x'.repeat(160)}.csv`)
named('a name that begins with a hyphen', (id) => `-olist_order_payments_dataset_${id}.csv`)
named(
  'a name that begins with a dot',
  (id) => `.olist_order_payments_dataset_${id}.csv`,
  () => ({ outcome: 'passed_over' }),
)
named(
  'a backslash in the name',
  (id) => `exports\\olist_order_payments_dataset_${id}.csv`,
  () => ({ outcome: 'left_out', reason: /backslash|character/ }),
)
named(
  'a line end in the name',
  (id) => `olist_order_payments_dataset_${id}\n.csv`,
  (id) => [{ outcome: 'left_out', reason: /character/ }, paid(id)],
)
add('columns that no table has', (id) => ({
  name: `salaries_${id}.csv`,
  bytes: bytesOf(`name,salary\nMaria,${id}\n`),
  right: { outcome: 'unroutable' },
}))
