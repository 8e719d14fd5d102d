import { anyReason, fileOf, headerOf, kinds, type Right, setAside, taken, whole } from '../kind.ts'

/** Numbers as people, spreadsheets and other countries write them. */
const { list, add } = kinds('nu')
export const numbers = list

type Answer = string | 'quarantined'
const header = headerOf('order_payments')

/** A file with semicolons: the cell, and the cells of other records that prove something; each with its right value. */
function money(what: string, cells: readonly (readonly [cell: string, value: Answer])[]): void {
  add(what, (id) => {
    const body = cells.map(([cell], n) => `${id};${n + 1};boleto;1;${cell}`)
    const right = answer(cells, (value, n) => ({ order_id: id, payment_sequential: n + 1, payment_value: value }))
    return whole('order_payments', id, `${header.join(';')}\n${body.join('\n')}\n`, right)
  })
}

/** As `money`, between commas and in quotes. */
function quotedMoney(what: string, cells: readonly (readonly [cell: string, value: Answer])[]): void {
  add(what, (id) => {
    const body = cells.map(([cell], n) => `${id},${n + 1},boleto,1,"${cell}"`)
    const right = answer(cells, (value, n) => ({ order_id: id, payment_sequential: n + 1, payment_value: value }))
    return fileOf('order_payments', id, `${body.join('\n')}\n`, right)
  })
}

function grams(what: string, cells: readonly (readonly [cell: string, value: Answer])[], evidence = ''): void {
  add(what, (id) => {
    const body = cells.map(([cell], n) => `${id}-${n};moveis;1;1;1;${cell};1;1;1`)
    const right = answer(cells, (value, n) => ({ product_id: `${id}-${n}`, product_weight_g: Number(value) }))
    return whole('products', id, `${headerOf('products').join(';')}\n${body.join('\n')}\n${evidence}`, right)
  })
}

function answer(
  cells: readonly (readonly [cell: string, value: Answer])[],
  row: (value: string, n: number) => Record<string, string | number>,
): Right {
  const rows = cells.flatMap(([, value], n) => (value === 'quarantined' ? [] : [row(value, n)]))
  const bad = cells.length - rows.length
  if (rows.length === 0) return setAside(/rejected/)
  const table = 'product_id' in rows[0]! ? 'products' : 'order_payments'
  return taken(table, rows, bad > 0 ? { quarantined: { [anyReason]: bad } } : {})
}

const plain = ['10.00', '10.00'] as const
money('points', [
  ['12.90', '12.90'],
  ['7', '7.00'],
  ['0.5', '0.50'],
])
money('commas', [
  ['12,90', '12.90'],
  ['7', '7.00'],
  ['0,5', '0.50'],
])
money('a comma proves that points separate thousands', [
  ['12,90', '12.90'],
  ['1.200', '1200.00'],
  ['1.234.567', '1234567.00'],
])
money('a comma proves the comma in 1.234,56', [
  ['12,90', '12.90'],
  ['1.234,56', '1234.56'],
])
money('1.234,56 proves by itself', [
  ['1.234,56', '1234.56'],
  ['2.350', '2350.00'],
])
money('1,234.56 proves by itself', [
  ['1,234.56', '1234.56'],
  ['2,350', '2350.00'],
])
quotedMoney('commas in quotes between commas', [
  ['12,90', '12.90'],
  ['1.200', '1200.00'],
])
quotedMoney('points in quotes prove that commas separate thousands', [
  ['12.90', '12.90'],
  ['1,200', '1200.00'],
])
money('1.500 that nothing explains', [
  ['1.500', 'quarantined'],
  ['7', '7.00'],
])
money('1,500 that nothing explains', [
  ['1,500', 'quarantined'],
  ['7', '7.00'],
])
money('nothing but 1.500', [
  ['1.500', 'quarantined'],
  ['2.500', 'quarantined'],
])
money('points and commas that contradict each other', [
  ['12,90', '12.90'],
  ['13,90', '13.90'],
  ['14.90', 'quarantined'],
])
money('the noise of doubles', [['58.900000000000006', '58.90'], plain])
money('more digits than the contract keeps', [['12.345678', 'quarantined'], plain])
money('zeros beyond the scale', [['12.9000', '12.90'], plain])
money('a group of two digits', [
  ['12,90', '12.90'],
  ['1.20.300', 'quarantined'],
])
money('groups that a separator begins', [
  ['.234.567', 'quarantined'],
  ['12,90', '12.90'],
])
money('two commas', [['1,2,3', 'quarantined'], plain])
money('a currency sign', [['R$ 10,00', 'quarantined'], plain])
money('words', [['dez', 'quarantined'], plain])
money('hexadecimal digits', [['0x10', 'quarantined'], plain])
money('underscores between digits', [['1_000', 'quarantined'], plain])
money('digits of another script', [['١٢', 'quarantined'], plain])
money('full-width digits', [['１２', 'quarantined'], plain])
money('infinity', [['Infinity', 'quarantined'], ['inf', 'quarantined'], plain])
money('a negative amount', [['-5.00', 'quarantined'], plain])
money('a negative amount in parentheses', [['(5.00)', 'quarantined'], plain])
money('a sign behind', [['5.00-', 'quarantined'], plain])
money('a plus sign', [['+5.00', '5.00'], plain])
money('an exponent', [['1.2e3', '1200.00'], plain])
money('an exponent beyond every number', [['1e400', 'quarantined'], plain])
money('a number of 400 digits', [['9'.repeat(400), 'quarantined'], plain])
money('the greatest that fits', [
  ['99999999.99', '99999999.99'],
  ['100000000.00', 'quarantined'],
])
money('no digit before the point', [['.5', '0.50'], plain])
money('no digit behind the point', [['5.', '5.00'], plain])
money('leading zeros', [['0010.50', '10.50'], plain])
money('a percent sign', [['5%', 'quarantined'], plain])
money('a date', [['2018-01-01', 'quarantined'], plain])
money('a blank between the digits, which nothing explains', [['1 2', 'quarantined'], plain])
grams('57.0 for 57', [
  ['57.0', '57'],
  ['300', '300'],
])
grams('57.5 for a whole number', [
  ['57.5', 'quarantined'],
  ['300', '300'],
])
grams('1.000 for a whole number, which nothing explains', [
  ['1.000', 'quarantined'],
  ['300', '300'],
])
grams('2147483648, which is one too many', [
  ['2147483648', 'quarantined'],
  ['300', '300'],
])
grams('a whole number in scientific form', [
  ['1.5E+3', '1500'],
  ['300', '300'],
])
add('degrees with three digits behind the point', (id) =>
  fileOf(
    'geolocation',
    id,
    `1001,-23.545,-46.639,${id},SP\n1001,-23.5456212810877,-46.6392920,${id},SP\n`,
    taken('geolocation', [
      { geolocation_city: id, geolocation_lat: -23.545 },
      { geolocation_city: id, geolocation_lat: -23.5456212810877 },
    ]),
  ),
)
add('degrees beyond the poles', (id) =>
  fileOf(
    'geolocation',
    id,
    `1001,-93.5,-46.6,${id},SP\n1001,-23.5,-46.6,${id},SP\n`,
    taken('geolocation', [{ geolocation_city: id, geolocation_lat: -23.5 }], { quarantined: { below_min: 1 } }),
  ),
)
