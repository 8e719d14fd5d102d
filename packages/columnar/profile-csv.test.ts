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

const profile = (content: string | Uint8Array, table: Table = orders, sliceBytes = 1 << 30, chunkBytes = 1 << 16) =>
  profileCsv(table, chunked(bytesOf(content), chunkBytes), { sliceBytes, fileName: 'orders.csv' })

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
      dates: { bought_at: { order: null, doubtful: [] } },
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
    expect(await refusal(Buffer.from(`\ufeff${names}\n`, 'utf16le'))).toMatch(/orders.csv: it is UTF-16 text/)
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
    expect((await profile('"order_id";"bought_at";"qty";"a,b,c,d,e,f"\n')).delimiter).toBe(';')
  })
})

describe('header', () => {
  it('is matched without case, blanks and order, by header or by name', async () => {
    const found = await profile('City, "ORDER ID",Units,"bought_at"\n')
    expect(found).toMatchObject({ columns: [1, 3, 2, 0], width: 4, warnings: [] })
  })
  it('drops unknown columns with a warning, or freezes', async () => {
    expect(await profile(`foo,${names}\n`)).toMatchObject({
      columns: [1, 2, 3, 4],
      width: 5,
      warnings: ['unknown column foo dropped'],
    })
    expect(await refusal(`foo,${names}\n`, { ...orders, unknownColumns: 'freeze' })).toMatch(/does not know column foo/)
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
  it('is refused when it lacks a required column', async () => {
    expect(await refusal('a,b,c\n1,2,3\n')).toBe(
      'orders.csv: the header lacks order_id, bought_at and has 3 columns where the contract has 4; got "a,b,c"',
    )
    expect(await refusal('city,x,qty,y\n')).toMatch(/lacks order_id, bought_at/)
    expect(await refusal('<html><body>\n')).toMatch(/lacks order_id/)
  })
  it('is taken by position when it is mangled and the count fits', async () => {
    const whole = await readWhole(orders, 'Ã§1,Ã§2,qty,Ã§4\no1,2018-01-02,3,x\n')
    expect(whole.profile.warnings).toEqual(['header not recognised, columns taken by position'])
    expect(whole.rows).toEqual([['o1', Date.parse('2018-01-02'), 3, 'x']])
    expect(await refusal('a,b,c,d\n', { ...orders, unknownColumns: 'freeze' })).toMatch(/lacks order_id/)
  })
  it('may be absent: a first line of data is the first record', async () => {
    const whole = await readWhole(orders, '\ufeffo1,2018-01-02,3,x\no2,2018-01-03,4,y\n')
    expect(whole.profile).toMatchObject({ records: 2, warnings: ['no header, columns taken by position'] })
    expect(whole.rows.map((row) => row[0])).toEqual(['o1', 'o2'])
    expect(whole.rowNumbers).toEqual([1, 2])
  })
  it('takes the first of two columns of one name', async () => {
    expect(await profile(`${names},City\n`)).toMatchObject({
      columns: [0, 1, 2, 3],
      warnings: ['column City stands twice, the first is taken'],
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
