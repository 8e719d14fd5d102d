import { boolean, dateOf, decimal, double, int, text, timestamp } from '@droplake/contracts/column'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv } from './read-csv.ts'
import { bytesOf, chunked, readWhole, reasons, tableOf } from './testing.ts'

const table = tableOf({ id: int.required(), name: text.optional(), price: decimal(10, 2).optional({ min: 0 }) })
const read = (body: string, options?: Parameters<typeof readWhole>[2]) =>
  readWhole(table, `id,name,price\n${body}`, options)

describe('readCsv', () => {
  it('gives typed columns in the order of the contract, with row numbers', async () => {
    const events = tableOf({
      at: timestamp.required(),
      day: dateOf('at'),
      ok: boolean.optional(),
      weight: double.optional(),
      gone: timestamp.optional(),
      gone_day: dateOf('gone'),
    })
    const whole = await readWhole(events, 'weight,at,ok,gone\n1.5,2018-01-02 10:00:00,true,\n,2018-01-03,,1969-12-31\n')
    expect(whole.rows).toEqual([
      [Date.parse('2018-01-02T10:00:00Z'), 17533, true, 1.5, null, null],
      [Date.parse('2018-01-03'), 17534, null, null, Date.parse('1969-12-31'), -1],
    ])
    expect(whole.rowNumbers).toEqual([1, 2])
    expect(whole.repaired).toEqual([0, 0])
  })
  it('trims cells and counts that as a repair', async () => {
    const whole = await read('1, a ,1.00\n2,"\tb\n",2\n3,c,3\n4,"  ",\n')
    expect(whole.rows.map((row) => row[1])).toEqual(['a', 'b', 'c', null])
    expect(whole.repaired).toEqual([1, 1, 0, 0])
  })
  it('takes words that stand for no value as repairs of rows that are kept, and as missing where a value is required', async () => {
    const whole = await read('1,NULL,nan\n2, None ,"\\N"\n3,c,1\n#N/A,d,1\n')
    expect(whole.rows).toEqual([
      [1, null, null],
      [2, null, null],
      [3, 'c', 100n],
    ])
    expect(whole.repaired).toEqual([1, 1, 0])
    expect(reasons(whole)).toEqual([[4, 'required', 'id']])
  })
  it('counts rows of separators and empty lines as blank, and their numbers go on', async () => {
    const whole = await read('1,a,1\n,,\n\n  , ,\n"","",""\n\r\n2,b,2\n')
    expect(whole).toMatchObject({ blank: 5, records: 7, rowNumbers: [1, 7], rejected: [] })
    expect(whole.profile.records).toBe(7)
  })
  it('quarantines a record with its reason, column and bytes', async () => {
    const whole = await read('1,a,1\nx,a,1\n,b,1\n2,"c\n",-1\r\n3,c,1.2345\n')
    expect(reasons(whole)).toEqual([
      [2, 'not_a_number', 'id'],
      [3, 'required', 'id'],
      [4, 'below_min', 'price'],
      [5, 'too_precise', 'price'],
    ])
    const third = whole.rejected[2]!
    expect(Buffer.from(third.bytes).toString()).toBe('2,"c\n",-1')
    expect(third).toMatchObject({ offset: 14 + 6 + 6 + 5, length: 11 })
    expect(whole.rows).toEqual([[1, 'a', 100n]])
  })
  it('refuses a wrong count of cells, but for empty ones too many', async () => {
    const whole = await read('1,a\n2,b,2,\n3,c,3, ,"",\n4,d,4,x\n5,e,5\n')
    expect(reasons(whole)).toEqual([
      [1, 'cell_count', null],
      [4, 'cell_count', null],
    ])
    expect(whole.rows.map((row) => row[0])).toEqual([2, 3, 5])
    expect(whole.repaired).toEqual([1, 1, 0])
  })
  it('takes a last record without a line end, unless it is cut off', async () => {
    expect((await read('1,a,1\n2,b,2')).rows.length).toBe(2)
    expect(reasons(await read('1,a,1\n2,b'))).toEqual([[2, 'truncated', null]])
    expect(reasons(await read('1,a,1\n2,"b'))).toEqual([[2, 'truncated', null]])
    expect(reasons(await read('1,a\n'))).toEqual([[1, 'cell_count', null]])
  })
  it('loses one line to a quote that is never closed', async () => {
    const whole = await read('1,a,1\n2,"b,2\n3,c,3\n4,d,4\n')
    expect(reasons(whole)).toEqual([[2, 'truncated', null]])
    expect(whole.rows.map((row) => row[0])).toEqual([1, 3, 4])
  })
  it('loses one line of many thousands to a quote that is closed by a later one', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => (i % 5000 === 4999 ? `${i},"ok",1\n` : `${i},tv 32"x,1\n`))
    many[7] = '7,"tv 32,1\n'
    for (const sliceBytes of [1 << 30, 10_000]) {
      const whole = await read(many.join(''), { sliceBytes })
      expect(reasons(whole)).toEqual([[8, 'stray_quote', null]])
      expect(whole).toMatchObject({ records: 20_000, blank: 0 })
      expect(whole.rows.length).toBe(19_999)
    }
  })
  it('tells two stray quotes from a text of several lines by the numbers in their places', async () => {
    const whole = await read('1,a,1\n2,"b,2\n3,c,3\n4,d",4\n5,"one, two\nthree, four, five\n6, 7",5\n')
    expect(reasons(whole)).toEqual([[2, 'stray_quote', null]])
    expect(whole.rows).toEqual([
      [1, 'a', 100n],
      [3, 'c', 300n],
      [4, 'd"', 400n],
      [5, 'one, two\nthree, four, five\n6, 7', 500n],
    ])
  })
  it('tells them apart in a table of text by the cells of every line', async () => {
    const people = tableOf({ id: text.required(), person: text.optional(), city: text.optional() })
    const whole = await readWhole(
      people,
      'id,person,city\na,"b,c\nd,e,f\ng,h",i\nj,"k, l\nm\nn, o, p",q\nr,"s, t\nu, v",w\n',
    )
    expect(reasons(whole)).toEqual([[1, 'stray_quote', null]])
    expect(whole.rows).toEqual([
      ['d', 'e', 'f'],
      ['g', 'h"', 'i'],
      ['j', 'k, l\nm\nn, o, p', 'q'],
      ['r', 's, t\nu, v', 'w'],
    ])
  })
  it('makes no row of the rest of a damaged text', async () => {
    const people = tableOf({ id: text.required(), person: text.optional(), city: text.optional() })
    const whole = await readWhole(people, 'id,person,city\na,"b\nc"d,e,f\ng,h,i\n')
    expect(reasons(whole)).toEqual([
      [1, 'stray_quote', null],
      [2, 'stray_quote', null],
    ])
    expect(whole.rows).toEqual([['g', 'h', 'i']])
  })
  it('reads backslashes before quotes, or quarantines them, and never joins lines over them', async () => {
    const whole = await read(
      '1,"ele disse \\"bom\\" mesmo",1\n2,"tv 14\\"",2\n3,"C:\\x\\",3\n4,"a\\"b,4\n5,"ok",5\n6,c,6\n',
    )
    expect(reasons(whole)).toEqual([[4, 'stray_quote', null]])
    expect(whole.rows.map((row) => row[1])).toEqual(['ele disse "bom" mesmo', 'tv 14"', 'C:\\x\\', 'ok', 'c'])
  })
  it('reads a file with CR line ends, and one that mixes them with others', async () => {
    const rows = [
      [1, 'a', 100n],
      [2, 'b', 200n],
      [3, 'c\nd', 300n],
    ]
    const contents = [
      'id,name,price\r1,a,1\r2,b,2\r3,"c\nd",3\r',
      'id,name,price\r1,a,1\n2,b,2\n3,"c\nd",3\n',
      'id,name,price\n1,a,1\r2,b,2\r3,"c\nd",3\r',
      'id,name,price\r\n1,a,1\n2,b,2\r3,"c\nd",3\r\n',
      'id,name,price\r\r\n1,a,1\r\r\n2,b,2\r\r\n3,"c\nd",3\r\r\n',
    ]
    for (const content of contents)
      for (const sliceBytes of [1 << 30, 1]) {
        const whole = await readWhole(table, content, { sliceBytes, chunkBytes: 1 })
        expect(whole).toMatchObject({ rows, rejected: [], blank: 0, records: 3 })
        expect(whole.repaired).toEqual([0, 0, 0])
      }
  })
  it('cuts a large file with CR line ends into slices', async () => {
    const content = `id,name,price\r${Array.from({ length: 5000 }, (_, i) => `${i},"x\ny",1\r`).join('')}`
    const whole = await readWhole(table, content, { sliceBytes: 1000, chunkBytes: 777 })
    expect(whole.profile.cuts.length).toBeGreaterThan(40)
    expect(whole.rows.map((row) => row[0])).toEqual(Array.from({ length: 5000 }, (_, i) => i))
  })
  it('does not hold a cell that never ends', async () => {
    const row = `2,${'b'.repeat(500)},2\n`
    const whole = await read(`1,"a,1\n${row.repeat(40_000)}`, { sliceBytes: 1 << 20 })
    expect(reasons(whole)).toEqual([[1, 'too_long', null]])
    expect(whole.rows.length).toBe(40_000)
    expect(whole.profile.cuts.length).toBeGreaterThan(1)
  })
  it('keeps at most a megabyte of a rejected record, and says how long it was', async () => {
    const long = `x${'y'.repeat(3 << 20)}`
    const [reject] = (await read(`${long},a,1\n2,b,2\n`)).rejected
    expect(reject).toMatchObject({ row: 1, reason: 'not_a_number', length: long.length + 5 })
    expect(reject?.bytes.length).toBe(1 << 20)
  })
  it('reads cells mended by quotes, doubled quotes and stray quotes', async () => {
    const whole = await read('"1","say ""hi""","2.50"\n2,5" disc,1\n"3"0,"a"b,"1,5"\n')
    expect(whole.rows).toEqual([
      [1, 'say "hi"', 250n],
      [2, '5" disc', 100n],
      [30, 'ab', 150n],
    ])
    expect(whole.repaired).toEqual([0, 0, 1])
  })
  it('ends a batch at its number of records and at its bytes', async () => {
    const content = `id,name,price\n${'1,a,1\n'.repeat(10)}`
    const { profile } = await readWhole(table, content)
    const sizes = async (body: Uint8Array, batchRows: number) => {
      const found: number[] = []
      for await (const batch of readCsv(table, profile, chunked(body), { row: 0, batchRows, last: true }))
        found.push(batch.records)
      return found
    }
    expect(await sizes(bytesOf(content).subarray(14), 4)).toEqual([4, 4, 2])
    expect(await sizes(bytesOf(`1,${'a'.repeat(6 << 20)},1\n`.repeat(4)), 4096)).toEqual([3, 1])
  })
  it('reads back any text that was written as RFC 4180 has it', async () => {
    const plain = tableOf({ a: text.optional(), b: text.optional() })
    const word = fc
      .string({ unit: fc.constantFrom('a', 'é', '😀', '"', ',', '\n', '\r\n', ' ', ';', '\u0001') })
      .map((raw) => raw.trim())
    const quote = (cell: string, always: boolean) =>
      always || /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(word, word, fc.boolean()), { maxLength: 12 }), async (rows) => {
        const lines = rows.map(([a, b, always]) => `${quote(a, always)},${quote(b, always)}\r\n`)
        const whole = await readWhole(plain, `a,b\r\n${lines.join('')}`)
        const filled = rows.filter(([a, b]) => a !== '' || b !== '')
        expect(whole.rows).toEqual(filled.map(([a, b]) => [a || null, b || null]))
        expect(whole).toMatchObject({ blank: rows.length - filled.length, rejected: [] })
      }),
      { seed: 20, numRuns: 400 },
    )
  })
  it('reads the same in one slice and in many, whatever the chunks and batches', async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '1',
        '2.0',
        'x',
        '',
        ' ',
        '"a,b"',
        '"a""b"',
        '"a\nb"',
        '"a\r\n',
        '5" disc',
        '"q"r',
        '"',
        'é',
        '1,5',
      ),
      fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' '), maxLength: 5 }),
    )
    const line = fc.tuple(fc.array(cell, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n', '\n', ''))
    const bodies = fc
      .array(line, { maxLength: 25 })
      .map((lines) => lines.map(([cells, end]) => cells.join(',') + end).join(''))
    const good = fc.array(fc.constantFrom('1,a,2.50\n', '2,"x\ny",3\r\n', '3,,\n', ',,\n', 'x,y,z\n'), {
      maxLength: 25,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          bodies,
          good.map((lines) => lines.join('')),
          fc.tuple(bodies, good).map(([a, b]) => b.join('') + a),
        ),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        async (body, sliceBytes, chunkBytes, batchRows) => {
          const { profile, ...one } = await read(body)
          const { profile: cut, ...many } = await read(body, { sliceBytes, chunkBytes, batchRows })
          expect(many).toEqual(one)
          expect({ ...cut, cuts: [] }).toEqual({ ...profile, cuts: [] })
          expect(one.records).toBe(profile.records)
          expect(one.rows.length + one.blank + one.rejected.length).toBe(one.records)
        },
      ),
      { seed: 21, numRuns: 600 },
    )
  })
  it('quarantines every byte that is in no good or blank row', async () => {
    const whole = await read('1,a,1\nbad\n"x,\ny",b,1\n3,c,3\n4,"d')
    const bytes = bytesOf('id,name,price\n1,a,1\nbad\n"x,\ny",b,1\n3,c,3\n4,"d')
    for (const reject of whole.rejected)
      expect(Buffer.from(reject.bytes)).toEqual(
        Buffer.from(bytes).subarray(reject.offset, reject.offset + reject.bytes.length),
      )
    expect(whole.rejected.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['bad', '"x,\ny",b,1', '4,"d'])
  })
})
