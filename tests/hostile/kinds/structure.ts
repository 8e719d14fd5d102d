import { bytesOf, fileOf, headerOf, kinds, type Right, setAside, taken, whole } from '../kind.ts'

/** Line ends, quotes, separators, blank and broken records. */
const { list, add } = kinds('st')
export const structure = list

const sellers = headerOf('sellers').join(',')
const two = (id: string): Right =>
  taken('sellers', [
    { seller_id: `${id}a`, seller_zip_code_prefix: '01001', seller_city: 'campinas', seller_state: 'SP' },
    { seller_id: `${id}b`, seller_zip_code_prefix: '20001', seller_city: 'rio', seller_state: 'RJ' },
  ])
const withBlank = (right: Right, blank: number): Right => ({ ...right, blank }) as Right
const lines = (id: string) => [sellers, `${id}a,01001,campinas,SP`, `${id}b,20001,rio,RJ`]
const city = (id: string, name: string | null) => taken('sellers', [{ seller_id: `${id}a`, seller_city: name }])

for (const [what, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const) {
  add(`${what} line ends`, (id) => whole('sellers', id, lines(id).join(end) + end, two(id)))
  add(`${what} line ends, none after the last record`, (id) => whole('sellers', id, lines(id).join(end), two(id)))
  add(`${what} line ends and every cell quoted`, (id) =>
    whole(
      'sellers',
      id,
      lines(id)
        .map((line) => line.replace(/[^,]+/g, '"$&"'))
        .join(end) + end,
      two(id),
    ),
  )
  add(`${what} line ends and blank lines between the records`, (id) =>
    whole('sellers', id, lines(id).join(end + end) + end, withBlank(two(id), 2)),
  )
}
add('a header that ends in CR above records that end in LF', (id) =>
  whole('sellers', id, lines(id).join('\n').replace('\n', '\r'), [two(id), setAside(/line end|header/)]),
)
add('a header that ends in LF above records that end in CR', (id) =>
  whole('sellers', id, `${sellers}\n${lines(id).slice(1).join('\r')}\r`, [two(id), setAside(/line end|rejected/)]),
)
add('lines that end in U+2028', (id) => whole('sellers', id, lines(id).join('\u2028'), [two(id), setAside(/./)]))
add('lines that end in U+0085', (id) => whole('sellers', id, lines(id).join('\u0085'), [two(id), setAside(/./)]))
add('CRLF and LF mixed', (id) =>
  whole('sellers', id, `${sellers}\r\n${id}a,01001,campinas,SP\n${id}b,20001,rio,RJ\r\n`, two(id)),
)
add('blank lines above the header', (id) => whole('sellers', id, `\n\n${lines(id).join('\n')}\n`, two(id)))
add('lines of white space', (id) => whole('sellers', id, `${lines(id).join('\n  \n')}\n\t\n`, withBlank(two(id), 3)))
add('hundreds of records of nothing but separators below the last', (id) =>
  whole('sellers', id, `${lines(id).join('\n')}\n${',,,\n'.repeat(500)}`, withBlank(two(id), 500)),
)
add('thousands of blank lines', (id) =>
  whole('sellers', id, `${lines(id).join('\n')}\n${'\n'.repeat(50_000)}`, withBlank(two(id), 50_000)),
)
add('a header and nothing below', (id) => whole('sellers', id, `${sellers}\n`, { outcome: 'empty' }))
add('a header without a line end', (id) => whole('sellers', id, sellers, { outcome: 'empty' }))
add('no byte at all', (id) => whole('sellers', id, '', { outcome: 'empty' }))
add('a byte order mark and nothing else', (id) => whole('sellers', id, '\ufeff', { outcome: 'empty' }))
add('nothing but line ends', (id) =>
  whole('sellers', id, '\n\n\n', [{ outcome: 'empty' }, taken('sellers', [], { blank: 3 })]),
)

for (const [what, delimiter] of [
  ['semicolons', ';'],
  ['tabs', '\t'],
  ['pipes', '|'],
] as const) {
  add(`${what} between the cells`, (id) =>
    whole('sellers', id, `${lines(id).join('\n').replaceAll(',', delimiter)}\n`, two(id)),
  )
  add(`${what}, announced in a line of their own`, (id) =>
    whole('sellers', id, `sep=${delimiter}\r\n${lines(id).join('\r\n').replaceAll(',', delimiter)}\r\n`, two(id)),
  )
}
add('commas, announced in a line of their own behind a byte order mark', (id) =>
  whole('sellers', id, `\ufeffsep=,\n${lines(id).join('\n')}\n`, two(id)),
)
add('semicolons in the header and commas below', (id) =>
  whole(
    'sellers',
    id,
    `${sellers.replaceAll(',', ';')}\n${lines(id).slice(1).join('\n')}\n`,
    setAside(/rejected|cell_count|header/),
  ),
)
add('a separator behind the last cell of every record', (id) =>
  whole(
    'sellers',
    id,
    lines(id)
      .map((line) => `${line},\n`)
      .join(''),
    two(id),
  ),
)
add('a separator behind the last cell, but not in the header', (id) =>
  whole(
    'sellers',
    id,
    lines(id)
      .map((line, n) => `${line}${n > 0 ? ',' : ''}\n`)
      .join(''),
    two(id),
  ),
)
add('blanks around the separators', (id) =>
  whole('sellers', id, `${lines(id).join('\n').replaceAll(',', ' , ')}\n`, two(id)),
)

add('a separator inside quotes', (id) => fileOf('sellers', id, `${id}a,1001,"rio, rj",RJ\n`, city(id, 'rio, rj')))
add('a semicolon inside an unquoted cell of a file with commas', (id) =>
  fileOf('sellers', id, `${id}a,1001,rio; rj,RJ\n`, city(id, 'rio; rj')),
)
add('doubled quotes', (id) => fileOf('sellers', id, `${id}a,1001,"o ""rei""",RJ\n`, city(id, 'o "rei"')))
add('a cell that is one doubled quote', (id) => fileOf('sellers', id, `${id}a,1001,"""",RJ\n`, city(id, '"')))
add('an empty cell in quotes', (id) => fileOf('sellers', id, `${id}a,1001,"",RJ\n`, city(id, null)))
add('a quote in the middle of a cell', (id) =>
  fileOf('sellers', id, `${id}a,1001,tv 32" led,RJ\n`, city(id, 'tv 32" led')),
)
add('a quote at the end of a cell', (id) => fileOf('sellers', id, `${id}a,1001,tv 32",RJ\n`, city(id, 'tv 32"')))
add('an apostrophe', (id) =>
  fileOf('sellers', id, `${id}a,1001,santa bárbara d'oeste,SP\n`, city(id, "santa bárbara d'oeste")),
)
add('a letter behind a closing quote', (id) =>
  fileOf('sellers', id, `${id}a,1001,"rio" x,RJ\n${id}b,20001,rio,RJ\n`, [
    taken('sellers', [{ seller_id: `${id}a`, seller_city: 'rio x' }, { seller_id: `${id}b` }]),
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { stray_quote: 1 } }),
  ]),
)
add('white space behind a closing quote', (id) =>
  fileOf('sellers', id, `${id}a,1001,"rio" ,RJ\n${id}b,20001,rio,RJ\n`, [
    taken('sellers', [{ seller_id: `${id}a`, seller_city: 'rio' }, { seller_id: `${id}b` }]),
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { stray_quote: 1 } }),
  ]),
)
add('a record of too few cells', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio\n${id}b,20001,rio,RJ\n`,
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { cell_count: 1 } }),
  ),
)
add('a record of too many cells', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,rj,RJ\n${id}b,20001,rio,RJ\n`,
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { cell_count: 1 } }),
  ),
)
add('a record of ten thousand cells', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}b,20001,rio,RJ\n${'x,'.repeat(10_000)}x\n`,
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { cell_count: 1 } }),
  ),
)
add('a last record that was cut off', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,RJ\n${id}b,200`,
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { truncated: 1 } }),
  ),
)
add('a last record that was cut off inside a character', (id) =>
  whole(
    'sellers',
    id,
    Buffer.concat([bytesOf(`${sellers}\n${id}a,1001,são paulo,SP\n${id}b,20001,rio,R`), Buffer.from([0xc3])]),
    taken('sellers', [{ seller_id: `${id}a`, seller_city: 'são paulo' }], { quarantined: { truncated: 1 } }),
  ),
)
add('a last record that was cut off inside quotes', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,RJ\n${id}b,20001,"rio de`,
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { truncated: 1 } }),
  ),
)
add('a cell of 300,000 characters', (id) =>
  fileOf('sellers', id, `${id}a,1001,${'x'.repeat(300_000)},RJ\n`, city(id, 'x'.repeat(300_000))),
)
add('a NUL inside a cell', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,ri\0o,RJ\n${id}b,20001,rio,RJ\n`,
    taken('sellers', [{ seller_id: `${id}b` }], { quarantined: { nul_character: 1 } }),
  ),
)
add('the character that ended files under DOS', (id) =>
  fileOf('sellers', id, `${id}a,1001,rio,RJ\n\x1a`, [
    taken('sellers', [{ seller_id: `${id}a` }], { blank: 1 }),
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { truncated: 1 } }),
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { cell_count: 1 } }),
  ]),
)
add('the count of rows that a database client prints below', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,RJ\n\n(1 row affected)\n`,
    taken('sellers', [{ seller_id: `${id}a` }], { blank: 1, quarantined: { cell_count: 1 } }),
  ),
)
add('a line of dashes below the header', (id) =>
  fileOf('sellers', id, `---------,-----,----,--\n${id}a,1001,rio,RJ\n`, [
    taken('sellers', [{ seller_id: `${id}a` }], { blank: 1 }),
    taken('sellers', [{ seller_id: '---------' }, { seller_id: `${id}a` }]),
    taken('sellers', [{ seller_id: `${id}a` }], { quarantined: { cell_count: 1 } }),
  ]),
)
add('a remark above the header', (id) =>
  whole('sellers', id, `# exported on Monday\n${lines(id).join('\n')}\n`, [two(id), setAside(/header|column/)]),
)

const again: [what: string, header: string][] = [
  ['once more', sellers],
  ['once more behind a byte order mark', `\ufeff${sellers}`],
  ['once more in upper case', sellers.toUpperCase()],
  ['once more in quotes', sellers.replace(/[^,]+/g, '"$&"')],
]
for (const [what, header] of again)
  add(`the header ${what} in the middle`, (id) => {
    const [, first, second] = lines(id)
    return whole('sellers', id, `${sellers}\n${first}\n${header}\n${second}\n`, withBlank(two(id), 1))
  })
add('the header twice at the top', (id) => {
  const [, first, second] = lines(id)
  return whole('sellers', id, `${sellers}\n${sellers}\n${first}\n${second}\n`, withBlank(two(id), 1))
})
add('three files joined with their headers', (id) => {
  const [, first, second] = lines(id)
  return whole(
    'sellers',
    id,
    `\ufeff${sellers}\n${first}\n\ufeff${sellers}\n${second}\n\ufeff${sellers}\n`,
    withBlank(two(id), 2),
  )
})
add('a byte order mark in front of a quoted cell in the middle', (id) =>
  fileOf(
    'sellers',
    id,
    `${id}a,1001,rio,RJ\n\ufeff"${id}b","20001","rio, rj","RJ"\n`,
    taken('sellers', [{ seller_id: `${id}a` }, { seller_id: `${id}b`, seller_city: 'rio, rj' }]),
  ),
)

// Texts that people write, with line ends in them.
const review = (key: string, title: string, message: string) =>
  `${key},o-${key},4,${title},${message},2018-01-02 00:00:00,2018-01-03 10:00:00\n`
const reviewed = (key: string, title: string | null, message: string | null) => ({
  review_id: key,
  review_score: 4,
  review_comment_title: title,
  review_comment_message: message,
})

for (const [what, end] of [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const)
  add(`${what} inside quotes`, (id) =>
    fileOf(
      'order_reviews',
      id,
      review(`${id}a`, 'bom', `"veio${end}rápido"`) + review(`${id}b`, 'ok', 'ok'),
      taken('order_reviews', [reviewed(`${id}a`, 'bom', `veio${end}rápido`), reviewed(`${id}b`, 'ok', 'ok')]),
    ),
  )
add('a text of many lines with commas and doubled quotes', (id) =>
  fileOf(
    'order_reviews',
    id,
    review(`${id}a`, 'bom', '"um, dois\n\n""três"", quatro\ncinco"') + review(`${id}b`, 'ok', 'ok'),
    taken('order_reviews', [
      reviewed(`${id}a`, 'bom', 'um, dois\n\n"três", quatro\ncinco'),
      reviewed(`${id}b`, 'ok', 'ok'),
    ]),
  ),
)
add('a text that begins with a line end', (id) =>
  fileOf(
    'order_reviews',
    id,
    review(`${id}a`, 'bom', '"\nveio"'),
    taken('order_reviews', [reviewed(`${id}a`, 'bom', 'veio')]),
  ),
)
add('a quote that is opened and never closed, before other records', (id) =>
  fileOf(
    'order_reviews',
    id,
    review(`${id}a`, '"tv 32', 'bom') + review(`${id}b`, 'ok', 'ok') + review(`${id}c`, '"bom"', '"veio"'),
    taken('order_reviews', [reviewed(`${id}b`, 'ok', 'ok'), reviewed(`${id}c`, 'bom', 'veio')], {
      quarantined: { stray_quote: 1 },
    }),
  ),
)
add('a quote that is opened in every tenth record', (id) => {
  const keys = Array.from({ length: 60 }, (_, n) => `${id}x${n}`)
  const body = keys.map((key, n) => review(key, n % 10 === 3 ? '"tv 32' : `"produto, ${n}"`, 'ok')).join('')
  const good = keys.filter((_, n) => n % 10 !== 3)
  return fileOf(
    'order_reviews',
    id,
    body,
    taken(
      'order_reviews',
      good.map((key) => reviewed(key, `produto, ${keys.indexOf(key)}`, 'ok')),
      { quarantined: { stray_quote: 6 } },
    ),
  )
})
add('a quote that is opened in the last record only', (id) =>
  fileOf(
    'order_reviews',
    id,
    review(`${id}a`, 'ok', 'ok') + review(`${id}b`, '"tv 32', 'bom'),
    taken('order_reviews', [reviewed(`${id}a`, 'ok', 'ok')], { quarantined: { truncated: 1 } }),
  ),
)
add('quotes escaped with a backslash, once in a record', (id) =>
  fileOf('order_reviews', id, review(`${id}a`, '"tv 14\\""', 'bom') + review(`${id}b`, 'ok', 'ok'), [
    taken('order_reviews', [reviewed(`${id}a`, 'tv 14"', 'bom'), reviewed(`${id}b`, 'ok', 'ok')]),
    taken('order_reviews', [reviewed(`${id}b`, 'ok', 'ok')], { quarantined: { stray_quote: 1 } }),
  ]),
)
add('quotes escaped with a backslash, with a comma between', (id) =>
  fileOf('order_reviews', id, review(`${id}a`, '"a \\"b, c\\" d"', 'bom') + review(`${id}b`, 'ok', 'ok'), [
    taken('order_reviews', [reviewed(`${id}a`, 'a "b, c" d', 'bom'), reviewed(`${id}b`, 'ok', 'ok')]),
    taken('order_reviews', [reviewed(`${id}b`, 'ok', 'ok')], { quarantined: { stray_quote: 1 } }),
    taken('order_reviews', [reviewed(`${id}b`, 'ok', 'ok')], { quarantined: { cell_count: 1 } }),
  ]),
)
add('a backslash at the end of a quoted cell', (id) =>
  fileOf('order_reviews', id, review(`${id}a`, '"C:\\"', 'bom') + review(`${id}b`, '"ok"', 'ok'), [
    taken('order_reviews', [reviewed(`${id}a`, 'C:\\', 'bom'), reviewed(`${id}b`, 'ok', 'ok')]),
    taken('order_reviews', [reviewed(`${id}b`, 'ok', 'ok')], { quarantined: { stray_quote: 1 } }),
  ]),
)
