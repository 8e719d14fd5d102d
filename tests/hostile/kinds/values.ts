import { fileOf, headerOf, kinds, taken, whole } from '../kind.ts'

/** Cells that would do harm if anything took them for more than text. */
const { list, add } = kinds('va')
export const values = list

const harmless: [what: string, cell: string][] = [
  ['a formula', '=1+1'],
  ['a formula that calls out', `=HYPERLINK("http://127.0.0.1";"x")`],
  ['a formula behind a sign', '+cmd|" /C calc"!A0'],
  ['SQL', `'; drop table olist_cleaned.sellers; --`],
  ['a template', '{{7*7}} <%= 1 %> #{1}'],
  ['a script', '<script>alert(1)</script>'],
  ['a path', '../../../../etc/passwd'],
  ['a name of every object', '__proto__'],
  ['JSON', '{"a": [1, null]}'],
  ['a percent format', '%s %d %n'],
  ['a shell command', '$(touch /tmp/x) `id`'],
  ['a hive partition', 'order_month=2018-01'],
  ['backslashes', 'c:\\new\\table'],
  ['a very long number', '9'.repeat(400)],
]
for (const [what, cell] of harmless)
  add(`${what} in a text`, (id) =>
    fileOf(
      'order_reviews',
      id,
      `${id},o,5,ok,"${cell.replaceAll('"', '""')}",2018-01-02 00:00:00,\n`,
      taken('order_reviews', [{ review_id: id, review_comment_message: cell }]),
    ),
  )
for (const [what, cell] of harmless)
  add(`${what} as a key`, (id) => {
    const key = `${id} ${cell}`
    return fileOf('sellers', id, `"${key.replaceAll('"', '""')}",1001,rio,RJ\n`, taken('sellers', [{ seller_id: key }]))
  })

const words = ['NULL', 'null', '\\N', 'NaN', 'nan', 'NaT', 'None', 'N/A', '#N/A']
for (const word of words)
  add(`${word} for nothing`, (id) =>
    whole(
      'products',
      id,
      `${headerOf('products').join(',')}\n${id}a,${word},${word},1,1,1,1,1,1\n${id}b,brinquedos,1,1,1,1,1,1,${word}\n`,
      taken('products', [
        { product_id: `${id}a`, product_category_name: null, product_name_length: null },
        { product_id: `${id}b`, product_category_name: 'brinquedos', product_width_cm: null },
      ]),
    ),
  )
add('NULL for a key', (id) =>
  fileOf(
    'sellers',
    id,
    `NULL,1001,rio,RJ\n${id}a,1001,rio,RJ\n`,
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { required: 1 } }),
  ),
)
add('NULL for a time', (id) =>
  fileOf(
    'orders',
    id,
    `${id},c,shipped,2018-01-02 03:04:05,NULL,\\N,NaT,None\n`,
    taken('orders', [
      {
        order_id: id,
        order_approved_at: null,
        order_delivered_carrier_date: null,
        order_estimated_delivery_date: null,
      },
    ]),
  ),
)
add('words that only begin as those for nothing', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,nullarbor,RJ\n${id}b,1001,nonesuch,RJ\n`,
    taken('sellers', [
      { seller_id: `${id}a`, seller_city: 'nullarbor' },
      { seller_id: `${id}b`, seller_city: 'nonesuch' },
    ]),
  ),
)
add('zip codes that lost their zeros', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,RJ\n${id}b,7,rio,RJ\n`,
    taken('sellers', [
      { seller_id: `${id}a`, seller_zip_code_prefix: '01001' },
      { seller_id: `${id}b`, seller_zip_code_prefix: '00007' },
    ]),
  ),
)
add('keys that differ in their case only', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}X,1001,rio,RJ\n${id}x,1001,natal,RN\n`,
    taken('sellers', [
      { seller_id: `${id}X`, seller_city: 'rio' },
      { seller_id: `${id}x`, seller_city: 'natal' },
    ]),
  ),
)
add('a record that is repeated to the letter', (id) =>
  fileOf('sellers', id, `${id},1001,rio,RJ\n`.repeat(3), taken('sellers', [{ seller_id: id }], { duplicate: 2 })),
)
add('a key with other values below', (id) =>
  fileOf(
    'sellers',
    id,
    `${id},1001,rio,RJ\n${id},1001,natal,RN\n`,
    taken('sellers', [{ seller_id: id, seller_city: 'natal' }], { duplicate: 1 }),
  ),
)
add('a status that nobody knows', (id) =>
  fileOf(
    'orders',
    id,
    `${id}a,c,processin,2018-01-02 03:04:05,,,,\n${id}b,c,SHIPPED,2018-01-02 03:04:05,,,,\n`,
    taken('orders', [{ order_id: `${id}b`, order_status: 'shipped' }], { quarantined: { not_accepted: 1 } }),
  ),
)
