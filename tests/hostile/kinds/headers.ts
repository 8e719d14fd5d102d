import { headerOf, kinds, type Right, setAside, type TableName, taken, whole } from '../kind.ts'

/** What stands above the records, or does not. */
const { list, add } = kinds('he')
export const headers = list

const names = headerOf('sellers')
const cells = (id: string) => [`${id}a`, '01001', 'campinas', 'SP']
const row = (id: string) => ({
  seller_id: `${id}a`,
  seller_zip_code_prefix: '01001',
  seller_city: 'campinas',
  seller_state: 'SP',
})
const good = (id: string, more = {}): Right => taken('sellers', [row(id)], more)
const under = (id: string, header: string, right: Right | Right[]) =>
  whole('sellers', id, `${header}\n${cells(id).join(',')}\n`, right)

const spelled: [string, string][] = [
  ['in upper case', names.join(',').toUpperCase()],
  ['with blanks for underscores', names.join(',').replaceAll('_', ' ')],
  ['with hyphens for underscores', names.join(',').replaceAll('_', '-')],
  ['in camel case', 'sellerId,sellerZipCodePrefix,sellerCity,sellerState'],
  ['in quotes', names.map((name) => `"${name}"`).join(',')],
  ['with blanks around', names.map((name) => ` ${name} `).join(',')],
  ['with no-break spaces around', names.map((name) => `\u00a0${name}\u00a0`).join(',')],
  ['behind a byte order mark', `\ufeff${names.join(',')}`],
  ['in quotes behind a byte order mark', `\ufeff${names.map((name) => `"${name}"`).join(',')}`],
  ['behind a byte order mark that was read as Latin-1', `ï»¿${names.join(',')}`],
  ['with line ends inside quotes', names.map((name) => `"${name}\n"`).join(',')],
]
for (const [what, header] of spelled) add(`names ${what}`, (id) => under(id, header, good(id)))

add('names in another order', (id) =>
  whole('sellers', id, `${names.toReversed().join(',')}\n${cells(id).toReversed().join(',')}\n`, good(id)),
)
add('a column that the contract does not know', (id) =>
  whole('sellers', id, `${names.join(',')},note\n${cells(id).join(',')},Maria\n`, good(id, { warning: /1 column/ })),
)
add('a column that the contract does not know, in front', (id) =>
  whole('sellers', id, `note,${names.join(',')}\nMaria,${cells(id).join(',')}\n`, good(id)),
)
add('the index of a data frame, without a name, in front', (id) =>
  whole('sellers', id, `,${names.join(',')}\n0,${cells(id).join(',')}\n`, good(id)),
)
add('the index of a data frame, saved twice', (id) =>
  whole('sellers', id, `Unnamed: 0,,${names.join(',')}\n0,0,${cells(id).join(',')}\n`, good(id)),
)
add('a name twice', (id) =>
  whole('sellers', id, `${names.join(',')},seller_city\n${cells(id).join(',')},rio\n`, good(id)),
)
add('an optional column left out', (id) =>
  whole(
    'sellers',
    id,
    `${names.slice(0, 3).join(',')}\n${cells(id).slice(0, 3).join(',')}\n`,
    taken('sellers', [{ ...row(id), seller_state: null }], { warning: /seller_state/ }),
  ),
)
add('a required column left out', (id) =>
  whole('sellers', id, `${names.slice(1).join(',')}\n${cells(id).slice(1).join(',')}\n`, setAside(/seller_id/)),
)
add('an optional column misspelled', (id) =>
  under(id, names.join(',').replace('seller_city', 'seler_city'), setAside(/did you mean seller_city/)),
)
add('a required column misspelled', (id) =>
  under(id, names.join(',').replace('seller_id', 'seler_id'), setAside(/seller_id/)),
)
add('an optional column renamed', (id) =>
  under(id, names.join(',').replace('seller_city', 'municipio'), setAside(/seller_city/)),
)
add('a required column renamed', (id) =>
  under(id, names.join(',').replace('seller_id', 'codigo'), setAside(/seller_id/)),
)
add('two columns renamed and exchanged', (id) =>
  whole(
    'order_items',
    id,
    `order_id,order_item_id,product_id,seller_id,shipping_limit_date,frete,preco\n${id},1,p,s,2018-01-01 00:00:00,7.50,100.00\n`,
    setAside(/price/),
  ),
)
add('every name translated', (id) => under(id, 'vendedor,cep,cidade,estado', setAside(/seller_id/)))
add('names of objects that every JavaScript object has', (id) =>
  under(id, '__proto__,constructor,toString,valueOf', setAside(/seller_id/)),
)

const speechless: [string, (width: number) => string[]][] = [
  ['Column1, Column2, …', (width) => Array.from({ length: width }, (_, n) => `Column${n + 1}`)],
  ['_c0, _c1, …', (width) => Array.from({ length: width }, (_, n) => `_c${n}`)],
  ['Unnamed: 0, Unnamed: 1, …', (width) => Array.from({ length: width }, (_, n) => `Unnamed: ${n}`)],
  ['0, 1, 2, …', (width) => Array.from({ length: width }, (_, n) => String(n))],
  ['nothing', (width) => Array.from({ length: width }, () => '')],
]
for (const [what, header] of speechless)
  add(`names that say nothing: ${what}`, (id) => under(id, header(4).join(','), [good(id), good(id, { blank: 1 })]))

const noHeader: [TableName, (id: string) => string, (id: string) => Right][] = [
  ['sellers', (id) => `${cells(id).join(',')}\n`, (id) => good(id)],
  [
    'order_payments',
    (id) => `${id},1,boleto,1,10.00\n${id},2,voucher,1,5.00\n`,
    (id) =>
      taken('order_payments', [
        { order_id: id, payment_sequential: 1 },
        { order_id: id, payment_sequential: 2 },
      ]),
  ],
  [
    'orders',
    (id) => `${id},c,delivered,2018-01-02 03:04:05,,,,2018-02-01 00:00:00\n`,
    (id) => taken('orders', [{ order_id: id, order_purchase_timestamp: '2018-01-02T03:04:05.000Z' }]),
  ],
  [
    'category_translation',
    (id) => `${id}_beleza,${id}_health\n${id}_moveis,${id}_furniture\n`,
    (id) =>
      taken('category_translation', [
        { product_category_name: `${id}_beleza` },
        { product_category_name: `${id}_moveis` },
      ]),
  ],
]
for (const [table, body, right] of noHeader)
  add(`no header above ${table}`, (id) => whole(table, id, body(id), right(id)))
add('no header, and a cell too many', (id) =>
  whole(
    'order_payments',
    id,
    `${id},1,boleto,1,10.00,x\n${id},2,voucher,1,5.00,x\n`,
    setAside(/no header.*6 cells.*5/),
  ),
)
add('no header, and a cell too few', (id) =>
  whole('order_payments', id, `${id},1,boleto,1\n${id},2,voucher,1\n`, setAside(/no header.*4 cells.*5/)),
)

add('the columns of another table, as many as the contract has', (id) =>
  whole(
    'customers',
    id,
    `${headerOf('order_payments').join(',')}\n${id},1,boleto,1,10.00\n`,
    setAside(/order_payments/),
  ),
)
add('the columns of another table, more than the contract has', (id) =>
  whole('sellers', id, `${headerOf('customers').join(',')}\n${id},p,1001,rio,RJ\n`, setAside(/customers/)),
)
add('the header and the first record in one line', (id) =>
  whole('sellers', id, `${names.join(',')},${cells(id).join(',')}\n${id}b,20001,rio,RJ,,,,\n`, [
    setAside(/./),
    taken('sellers', [{ seller_id: `${id}b` }]),
  ]),
)
add('a quote in the header that is never closed', (id) => under(id, `"${names.join(',')}`, setAside(/quote/)))
add('a hundred thousand columns', (id) =>
  whole(
    'sellers',
    id,
    `${names.join(',')}${Array.from({ length: 100_000 }, (_, n) => `,x${n}`).join('')}\n${cells(id).join(',')}\n`,
    setAside(/column|cells/),
  ),
)
add('half a million empty names', (id) =>
  whole('sellers', id, `${names.join(',')}${','.repeat(500_000)}\n${cells(id).join(',')}\n`, [
    setAside(/column|cells/),
    good(id),
    taken('sellers', [], { quarantined: { cell_count: 1 } }),
  ]),
)
add('a web page in place of a header', (id) =>
  whole('sellers', id, `<!DOCTYPE html>\n<html><body>Not found</body></html>\n`, setAside(/./)),
)
