import { date, decimal, double, int, text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readWhole, reasons, tableOf } from './testing.ts'

/** Iso days, numbers and texts in place of cells, row by row. */
async function read(columns: TableSpec['columns'], lines: readonly string[], more: Partial<TableSpec> = {}) {
  const table = tableOf(columns, more)
  const whole = await readWhole(table, `${Object.keys(columns).join(';')}\n${lines.join('\n')}\n`)
  const kinds = Object.values(columns).map(({ type }) => type.kind)
  const shown = (cell: unknown, kind: string | undefined) =>
    cell !== null && (kind === 'timestamp' || kind === 'date')
      ? new Date(Number(cell) * (kind === 'date' ? 86_400_000 : 1)).toISOString().replace(/(T00:00)?:00.000Z$/, '')
      : cell
  return {
    rows: whole.rows.map((row) => row.map((cell, at) => shown(cell, kinds[at]))),
    rejected: reasons(whole).map(([row, reason, column]) => `${row} ${reason} ${column}`),
    warnings: whole.profile.warnings,
    repaired: whole.repaired,
    profile: whole.profile,
  }
}

describe('the decimal sign', () => {
  const money = decimal(10, 2).optional()
  const columns = { price: money, freight: money, grams: int.optional(), lat: double.optional() }

  it('is the comma where a cell of the column proves it, and the points divide thousands', async () => {
    const { rows, rejected, warnings, repaired } = await read(columns, [
      '12,90;3,50;;',
      '1.200;15,00;;',
      '1.250,50;15,00;;',
      '2.345;15;;',
      '1,500;15;;',
    ])
    expect(rows.map(([price]) => price)).toEqual([1290n, 120000n, 125050n, 234500n, 150n])
    expect(rejected).toEqual([])
    expect(warnings).toEqual([])
    expect(repaired).toEqual([1, 1, 1, 1, 1])
  })
  it('is the point where a cell of the column proves it, and commas divide thousands', async () => {
    const { rows, rejected } = await read(columns, ['12.90;;;', '1,200;;;', '"1,250.50";;;', '1.500;;;', '1.234;;;'])
    expect(rows.map(([price]) => price)).toEqual([1290n, 120000n, 125050n, 150n])
    expect(rejected).toEqual(['5 too_precise price'])
  })
  it('is what the other columns of the file prove, for whole numbers too', async () => {
    expect((await read(columns, ['12,90;1.500;1.000;'])).rows).toEqual([[1290n, 150000n, 1000, null]])
    expect((await read(columns, ['12.90;1.500;1.000;'])).rows).toEqual([[1290n, 150n, 1, null]])
    expect((await read(columns, [';;1.000;-23.5456'])).rows).toEqual([[null, null, 1, -23.5456]])
    expect((await read(columns, [';;1.000;-23,5456'])).rows).toEqual([[null, null, 1000, -23.5456]])
  })
  it('of each column is its own, and columns that contradict each other prove nothing for a third', async () => {
    const { rows, rejected } = await read(columns, ['12,90;;57.0;', '12,90;1.500;57.0;', '1.500;;57.0;'])
    expect(rows).toEqual([
      [1290n, null, 57, null],
      [150000n, null, 57, null],
    ])
    expect(rejected).toEqual(['2 ambiguous_number freight'])
  })
  it('is not the point of other columns where it would cut numbers short', async () => {
    const { rows, rejected } = await read(columns, ['12.90;1.500;1.000;', '12.90;1.234;1.500;', '12.90;2;3;'])
    expect(rows).toEqual([[1290n, 200n, 3, null]])
    expect(rejected).toEqual(['1 ambiguous_number freight', '2 ambiguous_number freight'])
  })
  it('without proof quarantines what is two numbers, and says so', async () => {
    const { rows, rejected, warnings } = await read(columns, [
      '1.500;1,500;1.000;1.500',
      '1.500;;;',
      ';1,500;;',
      ';;1.000;',
      ';;;1,500',
      '12;7;57;-23.545',
    ])
    expect(rows).toEqual([[1200n, 700n, 57, -23.545]])
    expect(rejected.map((each) => each.slice(2))).toEqual([
      'ambiguous_number price',
      'ambiguous_number price',
      'ambiguous_number freight',
      'ambiguous_number grams',
      'ambiguous_number lat',
    ])
    expect(warnings).toHaveLength(4)
    expect(warnings[0]).toBe(
      'column price: no number proves the decimal sign, so those with three digits after their only separator are quarantined; decimalSign in the contract decides',
    )
  })
  it('without proof is what the contract says, which is a warning', async () => {
    const lines = ['1.500;;1.000;']
    const comma = await read(columns, lines, { decimalSign: 'comma' })
    expect(comma.rows).toEqual([[150000n, null, 1000, null]])
    expect(comma.warnings).toEqual([
      'column price: no number proves the decimal sign, read as decimal comma, as the contract says',
      'column grams: no number proves the decimal sign, read as decimal comma, as the contract says',
    ])
    const point = await read(columns, lines, { decimalSign: 'point' })
    expect(point.rows).toEqual([[150n, null, 1, null]])
    expect((await read(columns, ['12.90;;;', '1.500;;;'], { decimalSign: 'comma' })).rows).toEqual([
      [1290n, null, null, null],
      [150n, null, null, null],
    ])
  })
  it('of contradicting cells is that of the most; the others are quarantined', async () => {
    const { rows, rejected, warnings } = await read(columns, ['12,90;;;', '13,90;;;', '14.90;;;', '1.500;;;'])
    expect(rows.map(([price]) => price)).toEqual([1290n, 1390n, 150000n])
    expect(rejected).toEqual(['3 not_a_number price'])
    expect(warnings).toEqual([
      'column price mixes decimal commas and decimal points, read as decimal commas; the others are quarantined',
    ])
    const even = await read(columns, ['12,90;;;', '14.90;;;', '1.500;;;'])
    expect(even.rows.map(([price]) => price)).toEqual([1290n, 1490n])
    expect(even.rejected).toEqual(['3 ambiguous_number price'])
  })
  it('is not proven by texts, damaged numbers, dates or blanks', async () => {
    for (const cell of ['1.2.3', 'abc,1', '12.12.2017', 'R$ 1,5', '-', '.', '1.23.456', '', '  ', '1,5;'])
      expect((await read({ price: money }, [cell, '1.500'])).rejected.at(-1), cell).toBe('2 ambiguous_number price')
  })
  it('never gives another value than was meant, whatever the cells of a column are', async () => {
    const written = fc.record({
      cents: fc.integer({ min: 0, max: 9_999_999 }),
      short: fc.boolean(),
      grouping: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...([',.', '.,', '. ', ', ', ".'"] as const)),
        async (numbers, [sign, group]) => {
          const cells = numbers.map(({ cents, short, grouping }) => {
            const whole = String(Math.trunc(cents / 100))
            const shown = grouping ? whole.replace(/\B(?=(\d{3})+$)/g, group!) : whole
            const fraction = String(cents % 100).padStart(2, '0')
            if (short && cents % 100 === 0) return shown
            return `${shown}${sign}${short ? fraction.replace(/0$/, '') : fraction}`
          })
          const { rows } = await read(
            { n: int.required(), price: money },
            cells.map((cell, n) => `${n};${cell}`),
          )
          for (const [n, price] of rows) expect(price).toBe(BigInt(numbers[Number(n)]!.cents))
          // One number with cents proves the sign, so nothing is lost.
          if (cells.some((cell) => /[,.]\d\d?$/.test(cell))) expect(rows).toHaveLength(numbers.length)
        },
      ),
      { seed: 18, numRuns: 300 },
    )
  })
})

describe('the order of dates', () => {
  const columns = { a: timestamp.optional(), b: date.optional() }
  const at = async (lines: string[], more?: Partial<TableSpec>) => {
    const { rows, rejected, warnings } = await read(columns, lines, more)
    return { rows, rejected, warnings }
  }

  it('is proven by a part above twelve', async () => {
    expect((await at(['01/02/2018;1-2-2018', '13/02/2018;1-13-2018'])).rows).toEqual([
      ['2018-02-01', '2018-01-02'],
      ['2018-02-13', '2018-01-13'],
    ])
    expect((await at(['"1/2/2018 10:00";2018-01-13', '"1/13/2018 10:00";'])).rows).toEqual([
      ['2018-01-02T10:00', '2018-01-13'],
      ['2018-01-13T10:00', null],
    ])
  })
  it('is not proven by a day that does not exist', async () => {
    for (const cell of ['31/02/2018', '02/30/2018', '31/04/18', '30-02-18', '02-31-18', '00/13/2018', '32/01/2018'])
      expect((await at([`${cell};`, '03/04/2018;'])).rejected.at(-1), cell).toBe('2 ambiguous_date a')
  })
  it('is what the other columns of the file prove, if they agree', async () => {
    expect((await at(['01/02/2018;01/02/2018', '01/02/2018;13/02/2018'])).rows[0]).toEqual(['2018-02-01', '2018-02-01'])
    const three = { ...columns, c: timestamp.optional() }
    const { rejected } = await read(three, ['13/02/2018;02/13/2018;', ';;01/02/2018'])
    expect(rejected).toEqual(['2 ambiguous_date c'])
  })
  it('without proof is what the contract says, which is a warning, else such dates are quarantined', async () => {
    const lines = ['03/04/2018;', '3/4/2018 10:00;', '05/05/2018;', '2018-04-03;']
    expect(await at(lines, { dateOrder: 'dmy' })).toEqual({
      rows: [
        ['2018-04-03', null],
        ['2018-04-03T10:00', null],
        ['2018-05-05', null],
        ['2018-04-03', null],
      ],
      rejected: [],
      warnings: ['column a: no date proves the order of day and month, read as day first, as the contract says'],
    })
    expect((await at(lines, { dateOrder: 'mdy' })).rows[0]).toEqual(['2018-03-04', null])
    expect(await at(lines)).toEqual({
      rows: [
        ['2018-05-05', null],
        ['2018-04-03', null],
      ],
      rejected: ['1 ambiguous_date a', '2 ambiguous_date a'],
      warnings: [
        'column a: no date proves the order of day and month, so dates that fit several orders are quarantined; dateOrder in the contract decides',
      ],
    })
  })
  it('of contradicting dates is that of the most, and the others are quarantined', async () => {
    const { rows, rejected, warnings } = await at(['13/02/2018;', '14/02/2018;', '02/15/2018;', '01/02/2018;'])
    expect(rows.map(([a]) => a)).toEqual(['2018-02-13', '2018-02-14', '2018-02-01'])
    expect(rejected).toEqual(['3 not_a_timestamp a'])
    expect(warnings).toEqual([
      'column a mixes dates of different orders, read as day first; the others are quarantined',
    ])
    const even = await at(['13/02/2018;', '02/15/2018;', '01/02/2018;'])
    expect(even.rejected).toEqual(['3 ambiguous_date a'])
  })
  it('of dates that begin with the year is month and day, unless three and most of a column prove day and month', async () => {
    const lines = ['2018-13-05;2018-01-02', '2018-31-12 10:00:00;', '2018-14-05;', '2018-02-03;2018-04-05']
    expect(await at(lines)).toEqual({
      rows: [
        ['2018-05-13', '2018-02-01'],
        ['2018-12-31T10:00', null],
        ['2018-05-14', null],
        ['2018-03-02', '2018-05-04'],
      ],
      rejected: [],
      warnings: [
        'column a: its dates have year, day and month in this order, as most of them prove; the others are quarantined',
      ],
    })
    const slips = await at(['2018-13-05;', '2018-31-12;', '2018-02-03;', '2018-W10-1;', '2018-13-45;'])
    expect(slips.rows).toEqual([['2018-02-03', null]])
    expect(slips.rejected).toHaveLength(4)
    const isIso = ['2018-05-13;', '2018-05-14;', '2018-05-15;']
    const few = await at([...isIso, '2018-13-05;', '2018-14-05;', '2018-15-05;', '2018-02-03;'])
    expect(few.rows.at(-1)).toEqual(['2018-02-03', null])
    expect(few.rejected).toHaveLength(3)
    const [first] = (await at(['2018-13-05;2018-01-20', '2018-14-05;', '2018-15-05;2018-02-03'])).rows
    expect(first).toEqual(['2018-05-13', '2018-01-20'])
  })
  it('is not asked for where every date has one reading', async () => {
    expect((await at(['2018-01-02;2018/01/02', '05/05/2018;'])).warnings).toEqual([])
  })

  const five = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, timestamp.optional()]))
  it('of two-digit years is year first where the last part is spread and the first is not', async () => {
    const lines = [
      '17-10-02 10:56;17-10-02 11:07;17-10-04 19:55;17-10-10 21:25;17-10-18 00:00',
      '17-11-13 10:56;17-11-13 11:07;17-11-14 19:55;17-11-20 21:25;17-11-28 00:00',
    ]
    for (const more of [{}, { dateOrder: 'dmy' }] as const) {
      const { rows, warnings } = await read(five, lines, more)
      expect(rows[0]).toEqual([
        '2017-10-02T10:56',
        '2017-10-02T11:07',
        '2017-10-04T19:55',
        '2017-10-10T21:25',
        '2017-10-18',
      ])
      expect(rows[1]?.[4]).toBe('2017-11-28')
      expect(warnings).toEqual([])
    }
  })
  it('of two-digit years is year last where the first part is spread and the last is not', async () => {
    const { rows, warnings } = await at(['02-10-17;', '13-11-17;', '28-11-18;', '20-12-17;'])
    expect(rows.map(([a]) => a)).toEqual(['2017-10-02', '2017-11-13', '2018-11-28', '2017-12-20'])
    expect(warnings).toEqual([])
  })
  it('of two-digit years is proven by numbers that no day and no month can be', async () => {
    expect((await at(['10/28/17;', '01/02/17;'])).rows.map(([a]) => a)).toEqual(['2017-10-28', '2017-01-02'])
    expect((await at(['98-01-02;', '17-03-04;'])).rows.map(([a]) => a)).toEqual(['1998-01-02', '2017-03-04'])
    expect((await at(['02.01.98;', '04.03.17;', '13.03.17;'])).rows[1]).toEqual(['2017-03-04', null])
  })
  it('of two-digit years without proof is the contract’s, unless the dates speak against it', async () => {
    const { rows, warnings } = await at(['03-04-18;'], { dateOrder: 'dmy' })
    expect(rows).toEqual([['2018-04-03', null]])
    expect(warnings).toHaveLength(1)
    expect((await at(['17-10-02;'], { dateOrder: 'ymd' })).rows).toEqual([['2017-10-02', null]])
    expect((await at(['17-10-02;'])).rejected).toEqual(['1 ambiguous_date a'])
    // Days of one number and years that lie far apart; a year of today only where the contract has the day.
    expect((await at(['17-10-02;', '17-11-13;'], { dateOrder: 'dmy' })).rejected).toHaveLength(2)
    expect((await at(['17-10-02;'], { dateOrder: 'dmy' })).rejected).toEqual(['1 ambiguous_date a'])
    expect((await at(['17-10-18;'], { dateOrder: 'dmy' })).rows).toEqual([['2018-10-17', null]])
  })

  it('never gives another day than was meant, in any form and for any days', async () => {
    const day = fc.date({ min: new Date('2015-01-01'), max: new Date('2019-12-31'), noInvalidDate: true })
    const parts = (each: Date) => {
      const [year = '', month = '', dayOfMonth = ''] = each.toISOString().slice(0, 10).split('-')
      return { y: year.slice(2), Y: year, m: month, d: dayOfMonth }
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(day, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('d/m/Y', 'm/d/Y', 'd-m-Y', 'Y-m-d', 'Ymd', 'Ymd1000', 'y-m-d', 'd-m-y', 'm/d/y', 'Y-d-m'),
        async (days, form) => {
          const cells = days.map((each) => {
            const found = parts(each)
            return form.replace(/[dmyY]/g, (letter) => found[letter as keyof typeof found])
          })
          const { rows } = await read(
            { n: int.required(), at: timestamp.required() },
            cells.map((cell, n) => `${n};${cell}`),
          )
          // Nothing but days above twelve tells YYYY-DD-MM from YYYY-MM-DD.
          if (form === 'Y-d-m' && days.filter((each) => each.getUTCDate() > 12).length < 3) return
          for (const [n, found] of rows)
            expect(String(found).slice(0, 10)).toBe(days[Number(n)]!.toISOString().slice(0, 10))
        },
      ),
      { seed: 19, numRuns: 300 },
    )
  })
})

describe('numbers as times', () => {
  const column = { at: timestamp.optional() }
  const rejected = async (...lines: string[]) => (await read(column, lines)).rejected.map((each) => each.split(' ')[1])

  it('are epochs in ten and thirteen digits, and compact dates in eight, twelve and fourteen', async () => {
    const { rows, warnings } = await read(column, [
      '1520244000',
      '1520244000000',
      '20180305',
      '201803051000',
      '20180305100000',
    ])
    expect(rows.flat()).toEqual([
      '2018-03-05T10:00',
      '2018-03-05T10:00',
      '2018-03-05',
      '2018-03-05T10:00',
      '2018-03-05T10:00',
    ])
    expect(warnings).toEqual([])
  })
  it('are never guessed: ten digits that may be a date are quarantined, unless the column shows that they are epochs', async () => {
    for (const cell of ['1803051000', '0503181000', '1503181000', '2018030510'])
      expect((await rejected(cell, cell))[0], cell).toMatch(/^(ambiguous_date|not_a_timestamp)$/)
    expect(await rejected('1803051000', '1803051030')).toEqual(['ambiguous_date', 'ambiguous_date'])
    const { rows } = await read(column, ['1520244000', '1520244060', '1801012359'])
    expect(rows).toHaveLength(3)
  })
  it('of the years 2001 to 2012 are quarantined in twelve digits where the other cells have two-digit years and seconds', async () => {
    expect(await rejected('201105103000', '201103102215', '201130235959', '201203051000')).toEqual([
      ...['ambiguous_date', 'ambiguous_date', 'ambiguous_date', 'ambiguous_date'],
    ])
    expect(await rejected('201103102215', '201104102215')).toEqual([])
    const { rows } = await read(column, ['201803051000', '310120182330', '180131233000'])
    expect(rows).toEqual([['2018-03-05T10:00']])
  })
})

it('a record of another count of cells proves nothing', async () => {
  const table = tableOf({ price: decimal(10, 2).optional(), name: text.optional() })
  const whole = await readWhole(table, 'price;name\n12,90\n12,90;a;b\n1.500;a\n')
  expect(reasons(whole)).toEqual([
    [1, 'cell_count', null],
    [2, 'cell_count', null],
    [3, 'ambiguous_number', 'price'],
  ])
  expect((await readWhole(table, 'price;name\n12,90;a;\n1.500;a;\n')).rows).toEqual([
    [1290n, 'a'],
    [150000n, 'a'],
  ])
})
