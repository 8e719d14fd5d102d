import { bigint, boolean, type Column, date, decimal, double, int, text, timestamp } from '@droplake/contracts/column'
import type { DateOrder, DecimalSign } from '@droplake/contracts/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCellReader, type FileStyle, type Note } from './read-cell.ts'
import { plainDates } from './read-time.ts'

interface Style {
  sign?: DecimalSign
  order?: DateOrder
  daySecond?: boolean
  doubtful?: number[]
}

/** The cell, or `!reason`; with a trailing mark when it was mended. */
function read(
  column: Column,
  cell: string | Uint8Array,
  { sign, order, daySecond = false, doubtful = [] }: Style = {},
) {
  const bytes = Buffer.from(cell as Uint8Array)
  const encoding = typeof cell === 'string' ? 'utf-8' : 'latin-1'
  const note: Note = { repaired: false, fault: null }
  const style: FileStyle = { encoding, decimalSign: sign ?? null, dates: { order: order ?? null, daySecond, doubtful } }
  const value = createCellReader(column, style)(bytes, 0, bytes.length, note)
  if (note.fault) return `!${note.fault}`
  return note.repaired ? { mended: value } : value
}
const mended = (value: unknown) => ({ mended: value })
const utc = (iso: string) => Date.parse(iso)

describe('integers', () => {
  it('are read as they are, to the ends of their range', () => {
    expect(read(int.optional(), '-2147483648')).toBe(-2147483648)
    expect(read(int.optional(), '2147483648')).toBe('!out_of_range')
    expect(read(bigint.optional(), '2305843009213693951')).toBe(2305843009213693951n)
    expect(read(bigint.optional(), '9223372036854775807')).toBe(2n ** 63n - 1n)
    expect(read(bigint.optional(), '-9223372036854775809')).toBe('!out_of_range')
    expect(read(int.optional(), '-0')).toBe(0)
  })
  it('lose a fraction of zeros and an exponent, which is a repair', () => {
    expect(read(int.optional(), '57.0')).toEqual(mended(57))
    expect(read(int.optional(), '1500.0')).toEqual(mended(1500))
    expect(read(bigint.optional(), '8693.000')).toEqual(mended(8693n))
    expect(read(bigint.optional(), '2305843009213693951.0')).toEqual(mended(2305843009213693951n))
    expect(read(int.optional(), '1.2e3')).toEqual(mended(1200))
    expect(read(int.optional(), '+5')).toEqual(mended(5))
  })
  it('are refused when they are no integers', () => {
    expect(read(int.optional(), '57.5')).toBe('!too_precise')
    for (const cell of ['abc', '1 23', '0x10', '--1', '1.2.3', '-', '.', 'e5', '9'.repeat(500)])
      expect(read(int.optional(), cell)).toBe('!not_a_number')
  })
  it('are held to their bounds', () => {
    expect(read(int.optional({ min: 1, max: 5 }), '0')).toBe('!below_min')
    expect(read(int.optional({ min: 1, max: 5 }), '6')).toBe('!above_max')
    expect(read(bigint.optional({ min: 0 }), '-1')).toBe('!below_min')
  })
})

describe('decimals', () => {
  const money = decimal(10, 2).optional()
  it('are exact in their digits', () => {
    expect(read(money, '58.9')).toBe(5890n)
    expect(read(money, '-0.01')).toBe(-1n)
    expect(read(money, '58.9000')).toBe(5890n)
    expect(read(money, '99999999.99')).toBe(9999999999n)
    expect(read(money, '100000000')).toBe('!out_of_range')
    expect(read(decimal(18, 6).optional(), '123456789012.345678')).toBe(123456789012345678n)
    expect(read(decimal(18, 9).optional(), '123456789')).toBe(123456789000000000n)
  })
  it('are rounded only when the rest is the noise of a double', () => {
    expect(read(money, '12.345', { sign: 'point' })).toBe('!too_precise')
    expect(read(money, '12.3456')).toBe('!too_precise')
    expect(read(money, '58.900000000000006')).toEqual(mended(5890n))
    expect(read(money, '58.8999999999999')).toEqual(mended(5890n))
    expect(read(money, '-58.900000000000006')).toEqual(mended(-5890n))
    expect(read(money, '58.9000000004')).toEqual(mended(5890n))
    expect(read(money, '58.900000002')).toBe('!too_precise')
  })
  it('take an exponent', () => {
    expect(read(money, '1.2e3')).toEqual(mended(120000n))
    expect(read(money, '12e-1')).toEqual(mended(120n))
    expect(read(money, '1e400')).toBe('!out_of_range')
  })
  it('are held to bounds in their own unit', () => {
    const bounded = decimal(10, 2).optional({ min: 0.07, max: 9.99 })
    expect(read(bounded, '0.07')).toBe(7n)
    expect(read(bounded, '0.06')).toBe('!below_min')
    expect(read(bounded, '10')).toBe('!above_max')
  })
  it('agree with bigint arithmetic for every value and scale', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n), fc.integer({ min: 0, max: 18 }), (value, scale) => {
        const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
        const cut = digits.length - scale
        const cell = `${value < 0n ? '-' : ''}${digits.slice(0, cut)}${scale ? `.${digits.slice(cut)}` : ''}`
        expect(read(decimal(18, scale).optional(), cell)).toBe(value)
      }),
      { seed: 13, numRuns: 500 },
    )
  })
})

describe('doubles', () => {
  it('are what JavaScript reads, finite only', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const cell = read(double.optional(), String(value))
        expect(typeof cell === 'object' ? (cell as { mended: unknown }).mended : cell).toBe(value + 0)
      }),
      { seed: 14, numRuns: 500 },
    )
    expect(read(double.optional(), '-23.512345678901234')).toBe(-23.512345678901234)
    expect(read(double.optional(), '1e999')).toBe('!out_of_range')
    for (const cell of ['Infinity', '0x1f', '1 2', '...']) expect(read(double.optional(), cell)).toBe('!not_a_number')
    expect(read(double.optional(), '58,5')).toEqual(mended(58.5))
    expect(read(double.optional({ min: -90, max: 90 }), '90.5')).toBe('!above_max')
  })
})

describe('numbers with separators', () => {
  const money = decimal(10, 2).optional()
  const fine = decimal(18, 3).optional()
  // [cell, by the comma, by the point, by nothing]
  const cases: [cell: string, comma: unknown, point: unknown, unknown: unknown][] = [
    ['12,90', mended(1290n), '!not_a_number', mended(1290n)],
    ['12.90', '!not_a_number', 1290n, 1290n],
    ['12.9000', '!not_a_number', 1290n, 1290n],
    ['12,9000', mended(1290n), '!not_a_number', mended(1290n)],
    ['1.500', mended(150000n), 150n, '!ambiguous_number'],
    ['1,500', mended(150n), mended(150000n), '!ambiguous_number'],
    ['-1.500', mended(-150000n), -150n, '!ambiguous_number'],
    ['+1.500', mended(150000n), mended(150n), '!ambiguous_number'],
    ['1.234', mended(123400n), '!too_precise', '!ambiguous_number'],
    ['999.000', mended(99900000n), 99900n, '!ambiguous_number'],
    ['1.234,56', mended(123456n), '!not_a_number', mended(123456n)],
    ['1,234.56', '!not_a_number', mended(123456n), mended(123456n)],
    ['1.234.567', mended(123456700n), '!not_a_number', mended(123456700n)],
    ['1.234.567,8', mended(123456780n), '!not_a_number', mended(123456780n)],
    ['0.500', '!not_a_number', 50n, 50n],
    ['0,500', mended(50n), '!not_a_number', mended(50n)],
    ['1234.500', '!not_a_number', 123450n, 123450n],
    ['1234,500', mended(123450n), '!not_a_number', mended(123450n)],
    ['1 234,56', mended(123456n), '!not_a_number', mended(123456n)],
    ['1\u00a0234,56', mended(123456n), '!not_a_number', mended(123456n)],
    ['1\u202f234,56', mended(123456n), '!not_a_number', mended(123456n)],
    ["1'234.56", '!not_a_number', mended(123456n), mended(123456n)],
    ['1’234’567.5', '!not_a_number', mended(123456750n), mended(123456750n)],
    ['1 234', mended(123400n), mended(123400n), mended(123400n)],
    ['1.5e3', '!not_a_number', mended(150000n), mended(150000n)],
    ['1.500e3', '!not_a_number', mended(150000n), mended(150000n)],
    ['5.', '!not_a_number', mended(500n), mended(500n)],
    [',5', mended(50n), '!not_a_number', mended(50n)],
    ...['1.23.456', '12.34,5', '1.234,5,6', '1,23,456.7', '1.2345,6', '01.234,5', '1 23', '1 234 56', '12 3456'].map(
      (cell): [string, unknown, unknown, unknown] => [cell, '!not_a_number', '!not_a_number', '!not_a_number'],
    ),
    ...[
      '1.234 567',
      "1'234 567",
      '1,234.',
      'R$ 12,90',
      '12,90 %',
      '(12,90)',
      '12,90-',
      '−5',
      '1_000',
      '.,',
      '1..5',
      '1,,5',
    ].map((cell): [string, unknown, unknown, unknown] => [
      cell,
      expect.stringMatching(/^!/),
      cell === '1,234.' ? mended(123400n) : expect.stringMatching(/^!/),
      cell === '1,234.' ? mended(123400n) : expect.stringMatching(/^!/),
    ]),
  ]
  it.each(cases)('%s is what the decimal sign makes of it, or refused', (cell, comma, point, unknown) => {
    expect(read(money, cell, { sign: 'comma' })).toEqual(comma)
    expect(read(money, cell, { sign: 'point' })).toEqual(point)
    expect(read(money, cell)).toEqual(unknown)
  })
  it('are whole where a column holds whole numbers', () => {
    expect(read(int.optional(), '1.000')).toBe('!ambiguous_number')
    expect(read(int.optional(), '1,000')).toBe('!ambiguous_number')
    expect(read(int.optional(), '1.000', { sign: 'comma' })).toEqual(mended(1000))
    expect(read(int.optional(), '1,000', { sign: 'point' })).toEqual(mended(1000))
    expect(read(int.optional(), '1.000', { sign: 'point' })).toEqual(mended(1))
    expect(read(int.optional(), '1.500', { sign: 'point' })).toBe('!too_precise')
    expect(read(int.optional(), '57.0', { sign: 'comma' })).toBe('!not_a_number')
    expect(read(int.optional(), '57,0', { sign: 'comma' })).toEqual(mended(57))
    expect(read(bigint.optional(), '2.103.807.459.595.387.724')).toEqual(mended(2103807459595387724n))
    expect(read(bigint.optional(), '30.000', { sign: 'comma' })).toEqual(mended(30000n))
  })
  it('have a decimal point without any proof where the type holds three decimals', () => {
    expect(read(double.optional(), '-23.545')).toBe(-23.545)
    expect(read(double.optional(), '-23.545', { sign: 'comma' })).toEqual(mended(-23545))
    expect(read(double.optional(), '-23.545621280087211', { sign: 'point' })).toBe(-23.545621280087211)
    expect(read(double.optional(), '-23,545')).toBe('!ambiguous_number')
    expect(read(fine, '1.234')).toBe(1234n)
    expect(read(fine, '1,234')).toBe('!ambiguous_number')
    expect(read(fine, '0,234')).toEqual(mended(234n))
    expect(read(decimal(18, 6).optional(), '1.234')).toBe(1234000n)
  })

  const locales = [
    { sign: 'comma', group: '.' },
    { sign: 'comma', group: ' ' },
    { sign: 'comma', group: '\u00a0' },
    { sign: 'comma', group: '' },
    { sign: 'point', group: ',' },
    { sign: 'point', group: "'" },
    { sign: 'point', group: '' },
  ] as const
  it('are the exact value or refused, however they are written and whatever was decided', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom(...locales),
        (value, decimals, { sign, group }) => {
          const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
          const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, group)
          const fraction = decimals === 0 ? '' : `${sign === 'comma' ? ',' : '.'}${digits.slice(-decimals)}`
          const cell = `${value < 0n ? '-' : ''}${whole}${fraction}`
          const exact = value * 10n ** BigInt(5 - decimals)
          const column = decimal(18, 5).optional()
          const open = read(decimal(18, 2).optional(), cell)
          const cents = exact % 1000n === 0n ? exact / 1000n : undefined
          const plain = (found: unknown) => (typeof found === 'object' ? (found as { mended: unknown }).mended : found)
          expect(plain(read(column, cell, { sign }))).toBe(exact)
          if (typeof plain(open) === 'bigint') expect(plain(open)).toBe(cents)
          else expect(open).toMatch(/^!/)
        },
      ),
      { seed: 17, numRuns: 2000 },
    )
  })
})

describe('null words', () => {
  const kinds = [
    text.optional(),
    int.optional(),
    bigint.optional(),
    double.optional(),
    decimal(10, 2).optional(),
    timestamp.optional(),
    date.optional(),
    boolean.optional(),
  ]
  it('are no value in a column of any kind, which is a repair', () => {
    for (const word of ['NULL', 'null', '\\N', 'NaN', 'nan', 'NaT', 'None', 'N/A', '#N/A'])
      for (const column of kinds) expect(read(column, word), `${column.type.kind} ${word}`).toEqual(mended(null))
  })
  it('are whole cells: longer, shorter and other words are values', () => {
    for (const word of ['NULLA', 'NUL', 'nana', 'None of these', '#N', '\\', 'natal', 'NA', '-']) {
      expect(read(text.optional(), word)).toBe(word)
      expect(read(int.optional(), word)).toBe('!not_a_number')
    }
  })
  it('are found in a file of either encoding, beside letters that are not ASCII', () => {
    const column = text.optional({ nulls: ['sem título'] })
    expect(read(column, 'sem título')).toEqual(mended(null))
    expect(read(column, Buffer.from('sem título', 'latin1'))).toEqual(mended(null))
    expect(read(column, 'NULL')).toBe('NULL')
  })
  it('are what the column says, which may be none', () => {
    expect(read(int.optional({ nulls: ['-1', '9999'] }), '-1')).toEqual(mended(null))
    expect(read(int.optional({ nulls: ['-1', '9999'] }), '9998')).toBe(9998)
    expect(read(int.optional({ nulls: ['-1', '9999'] }), 'NULL')).toBe('!not_a_number')
    expect(read(text.optional({ nulls: [] }), 'NULL')).toBe('NULL')
  })
  it('give way to an accepted value', () => {
    const column = text.optional({ lower: true, accepted: ['none', 'gold'] })
    expect(read(column, 'None')).toEqual(mended('none'))
    expect(read(column, 'NULL')).toEqual(mended(null))
    expect(read(text.optional({ accepted: ['none'], nulls: ['none'] }), 'none')).toEqual(mended(null))
  })
})

describe('booleans', () => {
  it('have eight spellings', () => {
    for (const cell of ['true', 'TRUE', '1', 't', 'Yes']) expect(read(boolean.optional(), cell)).toBe(true)
    for (const cell of ['false', 'False', '0', 'F', 'no']) expect(read(boolean.optional(), cell)).toBe(false)
    expect(read(boolean.optional(), '1.0')).toEqual(mended(true))
    for (const cell of ['2', 'maybe', 'truest']) expect(read(boolean.optional(), cell)).toBe('!not_a_boolean')
  })
})

describe('texts', () => {
  it('are lower-cased and padded, which are repairs', () => {
    expect(read(text.optional({ lower: true }), 'São Paulo')).toEqual(mended('são paulo'))
    expect(read(text.optional({ lower: true }), 'são paulo')).toBe('são paulo')
    expect(read(text.optional({ padTo: 5 }), '8775')).toEqual(mended('08775'))
    expect(read(text.optional({ padTo: 5 }), '8775.0')).toEqual(mended('08775'))
    expect(read(text.optional({ padTo: 5 }), '89254.0')).toEqual(mended('89254'))
    for (const cell of ['08775', '123456', 'A775', '87.5']) expect(read(text.optional({ padTo: 5 }), cell)).toBe(cell)
  })
  it('are checked after their repairs', () => {
    const column = text.optional({ lower: true, accepted: ['view', 'cart'] })
    expect(read(column, 'View')).toEqual(mended('view'))
    expect(read(column, 'buy')).toBe('!not_accepted')
  })
  it('lose blanks of every script, and are null when nothing is left', () => {
    expect(read(text.optional(), '\u00a0olá\u3000')).toEqual(mended('olá'))
    expect(read(text.optional(), '\u00a0')).toEqual(mended(null))
  })
  it('are read as windows-1252 in a file that is not UTF-8, but for cells that are UTF-8', () => {
    expect(read(text.optional(), Buffer.from('s\xe3o \x80 \x93x\x94', 'latin1'))).toBe('são € “x”')
    expect(read(text.optional(), Uint8Array.from(Buffer.from('são')))).toBe('são')
  })
  it('hold no NUL', () => {
    expect(read(text.optional(), 'a\0b')).toBe('!nul_character')
  })
  it('are not confused by what was read before', () => {
    const reader = createCellReader(text.optional(), {
      encoding: 'utf-8',
      decimalSign: null,
      dates: plainDates,
    })
    const note: Note = { repaired: false, fault: null }
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 })),
        (words) => {
          for (const word of words) expect(reader(Buffer.from(word), 0, word.length, note)).toBe(word)
        },
      ),
      { seed: 15, numRuns: 300 },
    )
  })
})

describe('timestamps', () => {
  it('in ISO forms are UTC milliseconds, whatever their zone', () => {
    for (const [cell, iso] of [
      ['2018-06-12 20:07:44', '2018-06-12T20:07:44Z'],
      ['2018-06-12 20:07:44.5', '2018-06-12T20:07:44.500Z'],
      ['2018-06-12T20:07:44.123Z', '2018-06-12T20:07:44.123Z'],
      ['2018-06-12T20:07:44+05:30', '2018-06-12T14:37:44Z'],
      ['2018-06-12T23:07:44-0300', '2018-06-13T02:07:44Z'],
      ['2018-06-12 20:07:44+00', '2018-06-12T20:07:44Z'],
      ['2019-10-01 00:00:00 UTC', '2019-10-01T00:00:00Z'],
      ['2018-06-12', '2018-06-12T00:00:00Z'],
      ['2016-02-29', '2016-02-29T00:00:00Z'],
      ['1969-12-31 23:59:59.995', '1969-12-31T23:59:59.995Z'],
      ['1433193132535', '2015-06-01T21:12:12.535Z'],
      ['1433193132', '2015-06-01T21:12:12Z'],
    ] as const)
      expect(read(timestamp.optional(), cell), cell).toBe(utc(iso))
  })
  it('in other forms are mended, by the order of the file', () => {
    for (const [cell, iso, order] of [
      ['2018/06/12', '2018-06-12', 'dmy'],
      ['2018-6-2 1:05:09', '2018-06-02T01:05:09Z', 'dmy'],
      ['03-04-2018', '2018-04-03', 'dmy'],
      ['03-04-2018 10:11', '2018-04-03T10:11:00Z', 'dmy'],
      ['03.04.2018 10:11:12', '2018-04-03T10:11:12Z', 'dmy'],
      ['3/4/2018', '2018-03-04', 'mdy'],
      ['3/4/2018 9:05', '2018-03-04T09:05:00Z', 'mdy'],
      ['3/4/2018 12:05:07 AM', '2018-03-04T00:05:07Z', 'mdy'],
      ['3/4/2018 12:05 PM', '2018-03-04T12:05:00Z', 'mdy'],
      ['3/4/2018 1:05pm', '2018-03-04T13:05:00Z', 'mdy'],
      ['3/4/69', '2069-03-04', 'mdy'],
      ['3/4/70', '1970-03-04', 'mdy'],
      ['17-10-02 10:56', '2017-10-02T10:56:00Z', 'ymd'],
      ['17/1/02', '2017-01-02', 'ymd'],
      ['17-10-02', '2002-10-17', 'dmy'],
      ['201803051000', '2018-03-05T10:00:00Z', undefined],
      ['20180305100059', '2018-03-05T10:00:59Z', undefined],
      ['20180305', '2018-03-05', undefined],
      ['20180305 10:00', '2018-03-05T10:00:00Z', undefined],
      ['20180305T10:00:00Z', '2018-03-05T10:00:00Z', undefined],
      ['20180305.0', '2018-03-05', undefined],
      ['201803051000.0', '2018-03-05T10:00:00Z', undefined],
      ['1433193132.0', '2015-06-01T21:12:12Z', undefined],
      ['1433193132.5350000', '2015-06-01T21:12:12.535Z', undefined],
      ['2018-06-12 20:07:44.123456', '2018-06-12T20:07:44.123Z', 'dmy'],
      ['1433193132535.0', '2015-06-01T21:12:12.535Z', 'dmy'],
    ] as const)
      expect(read(timestamp.optional(), cell, order ? { order } : {}), cell).toEqual(mended(utc(iso)))
    expect(read(timestamp.optional(), '2018-06-12 20:07:44.123000')).toBe(utc('2018-06-12T20:07:44.123Z'))
  })
  it('that do not exist are refused', () => {
    for (const cell of [
      ...['2018-02-29', '1900-02-29', '2018-04-31', '2018-13-01', '2018-00-10', '2018-01-00', '1899-12-31'],
      ...['2201-01-01', '0000-00-00', '2018-06-12 24:00:00', '2018-06-12 23:59:60', '2018-06-12 23:60:00'],
      ...['2018-06-12 ', '2018-06-12x', '2018-06', '2018', '12', 'yesterday', '2018-06/12', '-', '12:00'],
      ...['2018-06-12 20:07:44 EST', '2018-06-12 20:07:44+5', '2018-06-12 13:00 PM', '2018-06-12 20:07:44.', '1/2/345'],
      ...['2018-06-12 20', '2018-06-12 20:7', '99999999999999', '2018-06-12T', '1-1-2018-1', '2018-06-12 20:07:44+99'],
      // Numbers that are no epoch of a plausible year and no compact date, or one of another order.
      ...['14331931325', '143319313253', '0433193132', '0433193132535', '9999999999', '9999999999999', '5000000000'],
      ...['1433193132535123', '1433193132535123456', '201813051000', '201802301000', '201803052400', '201803051060'],
      ...['310120182330', '180131233000', '05032018', '12312018', '20181305', '20180305100060', '18000101'],
      ...['201803051000.5', '1433193132535.5', '20180305.', '20180305 1000', '20180305-10', '1803051', '180305'],
    ])
      expect(read(timestamp.optional(), cell), cell).toBe('!not_a_timestamp')
    expect(read(timestamp.optional(), '03/14/2018', { order: 'dmy' })).toBe('!not_a_timestamp')
    expect(read(timestamp.optional(), '17-13-02', { order: 'ymd' })).toBe('!not_a_timestamp')
    expect(read(timestamp.optional(), '7-10-02', { order: 'ymd' })).toBe('!not_a_timestamp')
  })
  it('of several readings are refused where nothing decides between them', () => {
    for (const cell of ['03/04/2018', '17-10-02', '01-02-03', '3/4/2018 10:00'])
      expect(read(timestamp.optional(), cell), cell).toBe('!ambiguous_date')
    expect(read(date.optional(), '03/04/2018')).toBe('!ambiguous_date')
    expect(read(timestamp.optional(), '03/04/2018', { order: 'ymd' })).toBe('!ambiguous_date')
    expect(read(timestamp.optional(), '1801012359', { doubtful: [10] })).toBe('!ambiguous_date')
    expect(read(timestamp.optional(), '1433193132', { doubtful: [10] })).toBe(utc('2015-06-01T21:12:12Z'))
    for (const [cell, iso] of [
      ['13/04/2018', '2018-04-13'],
      ['04/13/2018', '2018-04-13'],
      ['05/05/2018', '2018-05-05'],
      ['17-10-32', '2032-10-17'],
      ['45-10-02', '2045-10-02'],
    ] as const)
      expect(read(timestamp.optional(), cell), cell).toEqual(mended(utc(iso)))
  })
  it('agree with the calendar for every day', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('2200-12-31'), noInvalidDate: true }),
        (moment) => {
          const iso = moment.toISOString()
          expect(read(timestamp.optional(), iso)).toBe(moment.getTime())
          const [year, month, dayOfMonth] = iso.slice(0, 10).split('-')
          const midnight = utc(iso.slice(0, 10))
          expect(read(timestamp.optional(), `${dayOfMonth}-${month}-${year}`, { order: 'dmy' })).toEqual(
            mended(midnight),
          )
          expect(read(timestamp.optional(), `${month}/${dayOfMonth}/${year}`, { order: 'mdy' })).toEqual(
            mended(midnight),
          )
        },
      ),
      { seed: 16, numRuns: 500 },
    )
  })
})

describe('dates', () => {
  it('are days since 1970; a time of day is cut off', () => {
    expect(read(date.optional(), '1970-01-02')).toBe(1)
    expect(read(date.optional(), '1969-12-31')).toBe(-1)
    expect(read(date.optional(), '02/01/1970', { order: 'dmy' })).toEqual(mended(1))
    expect(read(date.optional(), '1970-01-02 23:00:00')).toEqual(mended(1))
    expect(read(date.optional(), '1433193132')).toEqual(mended(16587))
    expect(read(date.optional(), '20150601')).toEqual(mended(16587))
    expect(read(date.optional(), '1970-02-30')).toBe('!not_a_date')
  })
})
