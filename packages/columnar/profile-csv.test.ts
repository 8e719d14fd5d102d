import { createHash } from 'node:crypto'
import { bigint, int, text, timestamp } from '@droplake/contracts/column'
import type { Table } from '@droplake/contracts/table'
import { describe, expect, it } from 'vitest'
import { profileCsv } from './profile-csv.ts'
import { bytesOf, chunked, readWhole, reasons, tableOf } from './testing.ts'
import { Unreadable } from './unreadable.ts'

const orders = tableOf({
  order_id: text.required(),
  bought_at: timestamp.required(),
  units: int.optional({ header: 'qty' }),
  city: text.optional(),
})
const names = 'order_id,bought_at,qty,city'

const customers: Table = {
  ...tableOf({ person_id: text.required({ personal: true }), zip: text.optional({ padTo: 5 }), town: text.optional() }),
  name: 'customers',
}
const words: Table = { ...tableOf({ word: text.required(), english_word: text.required() }), name: 'words' }
const siblings = [orders, customers, words]

const profile = (content: string | Uint8Array, table: Table = orders, sliceBytes = 1 << 30, chunkBytes = 1 << 16) =>
  profileCsv(table, chunked(bytesOf(content), chunkBytes), { sliceBytes, fileName: 'orders.csv', siblings })

async function refusal(content: string | Uint8Array, table?: Table): Promise<string> {
  const error = await profile(content, table).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Unreadable)
  return (error as Error).message
}

describe('profileCsv', () => {
  it('describes a plain file, and is plain JSON', async () => {
    const content = `${names}\no1,2018-01-02,3,são paulo\n\no2,2018-01-03,,\n`
    const found = await profile(content)
    expect(found).toEqual({
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: Buffer.byteLength(content),
      records: 3,
      encoding: 'utf-8',
      delimiter: ',',
      lineEnd: 'lf',
      columns: [0, 1, 2, 3],
      width: 4,
      shape: expect.stringMatching(/^[0-9a-f]{12}$/),
      dates: { bought_at: { order: null, daySecond: false, doubtful: [] } },
      decimalSigns: { units: null },
      cuts: [{ offset: names.length + 1, row: 0 }],
      warnings: [],
    })
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })
  it('finds the same in one chunk and byte by byte', async () => {
    const content = `\ufeff${names}\r\n"o,1",13/01/2018,3,"são\r\npaulo"\r\no2,2018-01-03,,\r\n`
    expect(await profile(content, orders, 10, 1)).toEqual(await profile(content, orders, 10))
  })
  it('has no records in an empty file or a file of a header', async () => {
    for (const content of ['', '\ufeff', names, `${names}\r\n`, `\n${names}\n`])
      expect(await profile(content)).toMatchObject({ records: 0, cuts: [{ row: 0 }], warnings: [] })
    expect((await readWhole(orders, '')).records).toBe(0)
    expect((await readWhole(orders, names)).records).toBe(0)
  })
  it('counts the blank lines of a file that has nothing else', async () => {
    expect(await readWhole(orders, ',,,\n,,,\n\n')).toMatchObject({ blank: 3, records: 3, rows: [] })
  })
})

describe('encoding', () => {
  it('is UTF-8, the mark at the start left out', async () => {
    const whole = await readWhole(orders, `\ufeff${names}\no1,2018-01-02,3,são\n`, { chunkBytes: 1 })
    expect(whole.profile).toMatchObject({ encoding: 'utf-8', cuts: [{ offset: names.length + 4, row: 0 }] })
    expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, 'são']])
  })
  it('is Latin-1 with a warning for bytes that are no UTF-8, wherever they stand', async () => {
    const content = Buffer.from(`${names}\no1,2018-01-02,3,s\xe3o\no2,2018-01-02,3,\x93a\x94 \x80\n`, 'latin1')
    const whole = await readWhole(orders, content, { chunkBytes: 3, sliceBytes: 1 })
    expect(whole.profile).toMatchObject({ encoding: 'latin-1', warnings: ['not UTF-8, read as Latin-1'] })
    expect(whole.rows.map((row) => row[3])).toEqual(['são', '“a” €'])
  })
  it('is UTF-8 for a file that is cut off inside a character, whose last record is then truncated', async () => {
    const content = bytesOf(`${names}\no1,2018-01-02,3,são\no2,2018-01-02,3,joã`)
    const whole = await readWhole(orders, content.subarray(0, content.length - 1))
    expect(whole.profile.encoding).toBe('utf-8')
    expect(whole.rows.length).toBe(1)
    expect(reasons(whole)).toEqual([[2, 'truncated', null]])
  })
  it('is refused when it is UTF-16 or no text', async () => {
    expect(await refusal(Buffer.from(`\ufeff${names}\n`, 'utf16le'))).toMatch(/orders.csv: UTF-16 text: save it as CSV/)
    expect(await refusal(Buffer.from(`${names}\n`, 'utf16le'))).toMatch(/NUL bytes in the first line/)
    expect(await refusal('PAR1\x15\x04\x15')).toMatch(/a Parquet file/)
    expect(await refusal(Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]))).toMatch(/a gzip archive/)
    expect(await refusal('PK\x03\x04 and more')).toMatch(/zip archive/)
    expect(await refusal(`${names}\n${'\0'.repeat(100)}`)).toMatch(/100 of 128 bytes are NUL/)
    expect(await refusal('x'.repeat((1 << 20) + 70_000))).toMatch(/no line end/)
  })
  it('lets one NUL refuse its row, not the file', async () => {
    const whole = await readWhole(orders, `${names}\no1,2018-01-02,3,a\0b\no2,2018-01-02,3,c\n`)
    expect(reasons(whole)).toEqual([[1, 'nul_character', 'city']])
    expect(whole.rows.length).toBe(1)
  })
})

describe('delimiter', () => {
  it('is what divides the header into the names of the contract', async () => {
    for (const delimiter of [',', ';', '\t', '|'] as const) {
      const content = `${names.replaceAll(',', delimiter)}\n${['o1', '2018-01-02', '3', '"a,b;c|d\te"'].join(delimiter)}\n`
      const whole = await readWhole(orders, content)
      expect(whole.profile.delimiter).toBe(delimiter)
      expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, 'a,b;c|d\te']])
    }
  })
  it('is not misled by other delimiters in a header', async () => {
    expect((await profile('"order_id";"bought_at";"qty";"city";"a,b,c,d,e,f"\n')).delimiter).toBe(';')
  })
})

describe('header', () => {
  it('is matched without case, blanks and order, by header or by name', async () => {
    for (const first of [
      'City',
      '\ufeffCity',
      '\ufeff\ufeff"City"',
      'ï»¿"City"',
      '\u00a0City',
      '\ufeff"\u00a0city "',
    ]) {
      const found = await profile(`${first}, "ORDER ID",Units,"bought_at"\n`)
      expect(found).toMatchObject({ columns: [1, 3, 2, 0], width: 4, warnings: [] })
    }
  })
  it('drops unknown columns with a warning that counts them, or freezes', async () => {
    expect(await profile(`foo,${names}\n`)).toMatchObject({
      columns: [1, 2, 3, 4],
      width: 5,
      warnings: ['1 column that test does not know is dropped'],
    })
    const many = Array.from({ length: 9000 }, (_, i) => `secret${i}x`)
    expect((await profile(`${names},${many.join(',')}\n`)).warnings).toEqual([
      '9000 columns that test does not know are dropped',
    ])
    expect(await refusal(`foo,${names}\n`, { ...orders, unknownColumns: 'freeze' })).toBe(
      'orders.csv: the header has 1 column that test does not know and freezes its columns',
    )
  })
  it('is refused when it is wider than any', async () => {
    expect(await refusal(`${names}${','.repeat(1_000_000)}\n`)).toBe(
      'orders.csv: its first line has 1000004 cells where test has 4, so this is no CSV of it',
    )
  })
  it('ignores columns without a name', async () => {
    const whole = await readWhole(orders, `,${names},\n0,o1,2018-01-02,3,x,\n`)
    expect(whole.profile).toMatchObject({ columns: [1, 2, 3, 4], width: 5, warnings: [] })
    expect(whole.rows.length).toBe(1)
  })
  it('gives nulls for a missing optional column, with a warning', async () => {
    const whole = await readWhole(orders, 'bought_at,order_id\n2018-01-02,o1\n')
    expect(whole.profile.warnings).toEqual(['column units is missing', 'column city is missing'])
    expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), null, null]])
  })
  it('is refused when it lacks a required column, without a name that the contract does not know', async () => {
    expect(await refusal('aa,bb,cc\n1,2,3\n')).toBe(
      'orders.csv: the header lacks order_id, bought_at and has 3 columns that test does not know',
    )
    expect(await refusal('city,x,qty,bought\n')).toBe(
      'orders.csv: the header lacks order_id, bought_at and has 2 columns that test does not know; did you mean bought_at?',
    )
    expect(await refusal('<html><body>\n')).toMatch(/an HTML page/)
  })
  it('is never taken by position when it names other columns, as many as they are', async () => {
    expect(await refusal('pedido,data,qty,cidade\no1,2018-01-02,3,x\n')).toMatch(/lacks order_id, bought_at and has 3/)
    expect(await refusal('pedido,data,unidades,cidade\no1,2018-01-02,3,x\n')).toMatch(/lacks order_id/)
    expect(await refusal('pessoa,cep,cidade\np1,01001,x\n', customers)).toMatch(/lacks person_id/)
    expect(await refusal('palavra,englisch\na,b\n', words)).toMatch(/lacks word, english_word/)
    expect(await refusal('word_pt,word_en\na,b\n', words)).toMatch(/lacks word, english_word .*did you mean word/)
  })
  it('is refused by the name of the table whose header it is', async () => {
    expect(await refusal(`${names}\no1,2018-01-02,3,x\n`, customers)).toBe(
      'orders.csv: its header is that of test, not of customers; drop it with --table test',
    )
  })
  it('is refused when another name stands for an optional column', async () => {
    expect(await refusal('order_id,bought_at,qty,citty\no1,2018-01-02,3,x\n')).toBe(
      'orders.csv: the header lacks city and has 1 column that test does not know; did you mean city?',
    )
    expect(await refusal('person_id,zip,home town\np,1,x\n', customers)).toMatch(/did you mean town\?/)
    expect(await refusal('order_id,bought_at,menge,city\no1,2018-01-02,3,x\n')).toBe(
      'orders.csv: the header has another name in the place of units; rename that column, or name it in the contract',
    )
    const elsewhere = await profile('menge,order_id,bought_at,city\n3,o1,2018-01-02,x\n')
    expect(elsewhere.warnings).toEqual(['1 column that test does not know is dropped', 'column units is missing'])
  })
  it('is taken by position when its names say nothing', async () => {
    const headers = [
      'Column1,Column2,Column3,Column4',
      '_c0,_c1,_c2,_c3',
      'Unnamed: 0,Unnamed: 1,,Unnamed: 3',
      '0,1,2,3',
    ]
    for (const header of headers) {
      const whole = await readWhole(orders, `${header}\no1,2018-01-02,3,x\n`)
      expect(whole.profile.warnings).toEqual(['the names of the header say nothing, columns taken by position'])
      expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, 'x']])
    }
    expect(await refusal('Column1,Column2,Column3\n')).toMatch(/say nothing, and it has 3 cells where test has 4/)
  })
  it('stands under one that says nothing, in any order', async () => {
    const whole = await readWhole(
      orders,
      'Column1,Column2,Column3,Column4\nqty,city,order_id,bought_at\n3,x,o1,2018-01-02\n',
    )
    expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, 'x']])
    expect(whole).toMatchObject({ records: 2, blank: 1, rejected: [] })
    const text = await readWhole(words, 'Column1\tColumn2\nword\tenglish_word\nbola\tball\n')
    expect(text).toMatchObject({ rows: [['bola', 'ball']], blank: 1 })
  })
  it('may be absent: a first line of data is the first record', async () => {
    const whole = await readWhole(orders, '\ufeffo1,2018-01-02,3,x\no2,2018-01-03,4,y\n')
    expect(whole.profile).toMatchObject({ records: 2, warnings: ['no header, columns taken by position'] })
    expect(whole.rows.map((row) => row[0])).toEqual(['o1', 'o2'])
    expect(whole.rowNumbers).toEqual([1, 2])
    expect((await readWhole(orders, 'o1,2018-01-02,3,\no2,2018-01-03,4,y\n')).rows.length).toBe(2)
    expect((await readWhole(words, 'bola_azul,blue_ball\ncasa,house\n')).rows).toEqual([
      ['bola_azul', 'blue_ball'],
      ['casa', 'house'],
    ])
  })
  it('is refused as absent when the cells are not as many as the columns', async () => {
    expect(await refusal('o1,2018-01-02,3,x,more\n')).toBe(
      'orders.csv: no header, and 5 cells where test has 4; add a header or drop the other cells',
    )
    expect(await refusal('o1,2018-01-02,3\n')).toMatch(/no header, and 3 cells where test has 4/)
  })
  it('is refused when a row follows it on its line, or it holds line ends of other kinds', async () => {
    expect(await refusal('person_id,zip,town,p1,01001,secret\np2,01002,x,,,\n', customers)).toBe(
      'orders.csv: its first line goes on after the header with 3 cells that look like a row',
    )
    for (const end of ['\u2028', '\x85', '\v'])
      expect(await refusal(`person_id,zip,town${end}p1,01001,secret${end}`, customers)).toMatch(/a separator of lines/)
  })
  it('counts as blank where it stands again, whatever its case, quotes and marks', async () => {
    const whole = await readWhole(
      words,
      'word,english_word\nword,english_word\nbola,ball\n\ufeffWord,"English Word"\n\ufeff"casa","house"\nWORD,english_word',
    )
    expect(whole.rows).toEqual([
      ['bola', 'ball'],
      ['casa', 'house'],
    ])
    expect(whole).toMatchObject({ records: 5, blank: 3, rejected: [] })
    expect(whole.profile.warnings).toEqual(['3 records repeat the header and count as blank'])
    const typed = await readWhole(orders, `x,${names}\n1,o1,2018-01-02,3,x\nx,${names}\n1,o2,2018-01-02,3,x\n`)
    expect(typed).toMatchObject({ records: 3, blank: 1, rejected: [] })
  })
  it('is refused where another one stands in the middle', async () => {
    expect(await refusal('word,english_word\nbola,ball\nenglish_word,word\nhouse,casa\n', words)).toBe(
      'orders.csv: record 2 is a header of other columns; split the file there',
    )
  })
  it('stands under a line that names the delimiter', async () => {
    for (const sep of [';', ',', '\t', '|', ':', '^']) {
      const header = names.replaceAll(',', sep)
      for (const first of [`sep=${sep}\r\n`, `\ufeff"sep=${sep}"\n`, `SEP=${sep}\r`]) {
        const whole = await readWhole(orders, `${first}${header}\no1${sep}2018-01-02${sep}3${sep}"a${sep}b"\n`, {
          chunkBytes: 3,
        })
        expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, `a${sep}b`]])
        expect(whole).toMatchObject({ records: 1, rejected: [] })
      }
    }
  })
  it('takes the first of two columns of one name', async () => {
    expect(await profile(`${names},City\n`)).toMatchObject({
      columns: [0, 1, 2, 3],
      warnings: ['column city stands twice, the first is taken'],
    })
  })
  it('needs no derived column', async () => {
    const table = tableOf({ id: bigint.required(), at: timestamp.required() })
    table.columns.day = { type: { kind: 'date' }, required: false, derived: { from: 'at', as: 'date' } }
    const whole = await readWhole(table, 'at,id\n2018-01-02 23:59:59,2305843009213693951\n')
    expect(whole.profile).toMatchObject({ columns: [1, 0], warnings: [] })
    expect(whole.rows).toEqual([[2305843009213693951n, Date.parse('2018-01-02T23:59:59Z'), 17533]])
  })
})

describe('cuts', () => {
  it('stand at records, about a slice apart, with the records before them', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `o${i},2018-01-02,3,"x\ny"\n`)
    const content = `${names}\n${lines.join('')}`
    const { cuts, records } = await profile(content, orders, 200)
    expect(records).toBe(100)
    expect(cuts.length).toBeGreaterThan(8)
    for (const { offset, row } of cuts) expect(content.slice(offset).startsWith(`o${row},`)).toBe(true)
    for (const [i, { offset }] of cuts.slice(1).entries()) {
      expect(offset - cuts[i]!.offset).toBeGreaterThanOrEqual(200)
      expect(offset - cuts[i]!.offset).toBeLessThan(230)
    }
  })
})
