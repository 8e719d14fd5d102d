import { anyReason, fileOf, kinds, type Right, setAside, taken } from '../kind.ts'

/** Times as people, spreadsheets and other programs write them. */
const { list, add } = kinds('ti')
export const times = list

type Answer = string | 'quarantined'
const clean = ['2018-03-05 10:00:00', '2018-03-05T10:00:00.000Z'] as const

/** Purchase times of one file, each with its right value. */
function purchases(what: string, cells: readonly (readonly [cell: string, value: Answer])[], warning?: RegExp): void {
  add(what, (id) => {
    const body = cells.map(([cell], n) => `${id}-${n},c,shipped,"${cell}",,,,\n`).join('')
    const rows = cells.flatMap(([, value], n) =>
      value === 'quarantined' ? [] : [{ order_id: `${id}-${n}`, order_purchase_timestamp: value }],
    )
    const bad = cells.length - rows.length
    const more = { ...(bad > 0 ? { quarantined: { [anyReason]: bad } } : {}), ...(warning ? { warning } : {}) }
    const right: Right = rows.length === 0 ? setAside(/rejected/) : taken('orders', rows, more)
    return fileOf('orders', id, body, right)
  })
}

purchases('an ISO time', [clean])
purchases('a T between', [['2018-03-05T10:00:00', '2018-03-05T10:00:00.000Z']])
purchases('a Z', [['2018-03-05T10:00:00Z', '2018-03-05T10:00:00.000Z']])
purchases('UTC', [['2018-03-05 10:00:00 UTC', '2018-03-05T10:00:00.000Z']])
purchases('an offset', [['2018-03-05 10:00:00-03:00', '2018-03-05T13:00:00.000Z']])
purchases('an offset without a colon', [['2018-03-05T10:00:00+0530', '2018-03-05T04:30:00.000Z']])
purchases('milliseconds', [['2018-03-05 10:00:00.125', '2018-03-05T10:00:00.125Z']])
purchases('no seconds', [['2018-03-05 10:00', '2018-03-05T10:00:00.000Z']])
purchases('no time of day', [['2018-03-05', '2018-03-05T00:00:00.000Z']])
purchases('slashes, year first', [['2018/03/05 10:00:00', '2018-03-05T10:00:00.000Z']])
purchases('AM and PM', [
  ['2018-03-05 01:30:00 PM', '2018-03-05T13:30:00.000Z'],
  ['2018-03-05 12:00:00 AM', '2018-03-05T00:00:00.000Z'],
])
purchases('day first, as one date proves', [
  ['13/03/2018 10:00', '2018-03-13T10:00:00.000Z'],
  ['03/04/2018 10:00', '2018-04-03T10:00:00.000Z'],
])
purchases('month first, as one date proves', [
  ['3/13/2018 10:00', '2018-03-13T10:00:00.000Z'],
  ['3/4/2018 10:00', '2018-03-04T10:00:00.000Z'],
])
purchases('day first with hyphens', [
  ['24-07-2018 20:41:37', '2018-07-24T20:41:37.000Z'],
  ['04-07-2018 20:41:37', '2018-07-04T20:41:37.000Z'],
])
purchases(
  'dates that fit both orders, which the contract decides',
  [
    ['03/04/2018 10:00', '2018-04-03T10:00:00.000Z'],
    ['05/04/2018 10:00', '2018-04-05T10:00:00.000Z'],
  ],
  /day/,
)
purchases('both orders in one file', [
  ['13/03/2018', '2018-03-13T00:00:00.000Z'],
  ['14/03/2018', '2018-03-14T00:00:00.000Z'],
  ['3/15/2018', 'quarantined'],
])
purchases('two-digit years, year first', [
  ['17-10-02 10:00:00', '2017-10-02T10:00:00.000Z'],
  ['18-03-31 10:00:00', '2018-03-31T10:00:00.000Z'],
  ['17-11-24 10:00:00', '2017-11-24T10:00:00.000Z'],
  ['33-01-02', '2033-01-02T00:00:00.000Z'],
])
purchases('digits to the minute', [['201803051000', '2018-03-05T10:00:00.000Z']])
purchases('digits to the second', [['20180305100030', '2018-03-05T10:00:30.000Z']])
purchases('digits of a day', [['20180305', '2018-03-05T00:00:00.000Z']])
purchases('seconds since 1970', [['1520244000', '2018-03-05T10:00:00.000Z']])
purchases('milliseconds since 1970', [['1520244000125', '2018-03-05T10:00:00.125Z']])
purchases('milliseconds since 1970 as a double', [['1520244000125.0', '2018-03-05T10:00:00.125Z']])
purchases('eleven digits', [['15202440001', 'quarantined'], clean])
purchases('fifteen digits', [['152024400012500', 'quarantined'], clean])
purchases('digits that are no date', [['201813051000', 'quarantined'], clean])
purchases('digits, day first', [['310120182330', 'quarantined'], clean])
purchases('the days of a spreadsheet', [['43164.4166667', 'quarantined'], clean])
purchases('the thirtieth of February', [['2018-02-30 10:00:00', 'quarantined'], clean])
purchases('the twenty-ninth of February of a common year', [
  ['2018-02-29 10:00:00', 'quarantined'],
  ['2020-02-29 10:00:00', '2020-02-29T10:00:00.000Z'],
])
purchases('the thirteenth month', [['2018-13-05 10:00:00', 'quarantined'], clean])
purchases('midnight as 24:00', [['2018-03-05 24:00:00', 'quarantined'], clean])
purchases('a leap second', [['2018-03-05 23:59:60', 'quarantined'], clean])
purchases('the date that MySQL has for none', [['0000-00-00 00:00:00', 'quarantined'], clean])
purchases('a year before every shop', [['1000-01-01 00:00:00', 'quarantined'], clean])
purchases('a year of six digits', [['275760-09-13 00:00:00', 'quarantined'], clean])
purchases('a zone by its name', [['2018-03-05 10:00:00 BRST', 'quarantined'], clean])
purchases('an offset beyond the world', [['2018-03-05 10:00:00+25:00', 'quarantined'], clean])
purchases('a month in words', [['5 de março de 2018', 'quarantined'], clean])
purchases('a week', [['2018-W10-1', 'quarantined'], clean])
purchases('a word', [['ontem', 'quarantined'], clean])
purchases('a comma before the fraction', [['2018-03-05 10:00:00,125', 'quarantined'], clean])
