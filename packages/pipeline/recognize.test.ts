import { gzipSync, zstdCompressSync } from 'node:zlib'
import { bytesInMemory } from '@droplake/columnar/file-bytes'
import { zip } from '@droplake/columnar/testing-zip'
import { builtIn } from '@droplake/contracts/registry'
import { expect, test } from 'vitest'
import { type Recognized, recognize } from './recognize.ts'

const tables = Object.values(builtIn.olist?.tables ?? {})
const table = (name: string) => tables.find((each) => each.name === name)!

const recognized = (path: string, bytes: string | Uint8Array, folder?: string) =>
  recognize(tables, { path, ...(folder ? { table: table(folder) } : {}) }, bytesInMemory(Buffer.from(bytes)))

const parts = ({ parts: all }: Recognized) =>
  all.map(({ table: { name }, member, note }) => [name, ...(member ? [member] : []), ...(note ? [note] : [])])

const payments = 'order_id,payment_sequential,payment_type,payment_installments,payment_value\no1,1,boleto,1,2.50\n'
const sellers = 'seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,01001,rio,RJ\n'
const customers =
  'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\nc1,p1,01001,rio,RJ\n'

test('a name that fits decides, and nothing is read', async () => {
  const unread = { size: 7, read: () => expect.unreachable() }
  expect(parts(await recognize(tables, { path: 'order_payments.csv' }, unread))).toEqual([['order_payments']])
})

test.each([
  ['as it is', payments],
  [
    'with semicolons, quotes and a mark of its encoding',
    `\ufeff"${payments.split('\n')[0]?.replaceAll(',', '";"')}"\n`,
  ],
  ['with a line for a spreadsheet, and CR line ends', `sep=,\r${payments.replaceAll('\n', '\r')}`],
  ['in other letters and order', 'Payment Value\tPAYMENT_TYPE\torder id\tpayment sequential\n'],
  ['with a column more', payments.replace('\n', ',channel\n')],
  ['compressed', gzipSync(payments)],
  ['compressed otherwise', zstdCompressSync(payments)],
])('a header %s finds the one table that has it, and the source says so', async (_, bytes) => {
  const note = 'taken for order_payments by its header'
  expect(parts(await recognized('march export.dat', bytes))).toEqual([['order_payments', note]])
})

test('a large file is recognized by its first bytes', async () => {
  const rows = Buffer.from(payments + 'o1,1,boleto,1,2.50\n'.repeat(200_000))
  for (const bytes of [rows, gzipSync(rows, { level: 1 })]) {
    let read = 0
    const file = bytesInMemory(bytes)
    const counting = {
      ...file,
      read: (range: { start: number; end: number }) => {
        read += Math.min(range.end, file.size) - range.start
        return file.read(range)
      },
    }
    expect(parts(await recognize(tables, { path: 'x' }, counting))).toHaveLength(1)
    expect(read).toBeLessThanOrEqual(2 ** 18)
  }
})

test.each([
  ['a list of ids of a table', 'product_id\np1\n'],
  ['a few columns of a table', 'product_id,product_weight_g\np1,3\n'],
  ['the columns of several tables joined', `${payments.split('\n')[0]},${sellers.split('\n')[0]},a,b,c,d\n`],
  ['an optional column under another name', sellers.replace('seller_city', 'city')],
  ['rows without a header', 'o1,1,boleto,1,2.50\n'],
  ['another table', 'name,salary\nx,1\n'],
  ['a header that does not end', 'order_id,'.repeat(20_000)],
])('%s is nobody’s', async (_, bytes) => {
  const { parts: none, unroutable } = await recognized('export.csv', bytes)
  expect(none).toEqual([])
  expect(unroutable).toMatchObject([{ message: 'no table has its name or its columns' }])
})

test('the tables that would fit are named, the nearest first', async () => {
  const candidates = async (path: string, bytes: string) =>
    (await recognized(path, bytes)).unroutable[0]?.candidates.map((one) => one.table)
  expect((await candidates('vendors.csv', sellers.replace('seller_city', 'city')))?.[0]).toBe('sellers')
  expect((await candidates('paymnets_orders.csv', 'a,b\n'))?.[0]).toBe('order_payments')
  expect(await candidates('x.csv', 'a,b\n')).toEqual([])
})

test('the header never overrules a folder or a name', async () => {
  expect(parts(await recognized('olist_customers_dataset.csv', payments))).toEqual([['customers']])
  expect(parts(await recognized('export.csv', payments, 'sellers'))).toEqual([['sellers']])
})

test.each([
  ['a Git LFS pointer: run git lfs pull', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'],
  ['an Excel workbook: save it as CSV', zip([{ name: 'xl/workbook.xml', bytes: Buffer.from('<x/>') }])],
  ['an old Excel workbook: save it as CSV', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
  ['an HTML page: save the file itself, not the page that shows it', '<!DOCTYPE html>\n<html>'],
  ['JSON: export it as CSV', '[{"order_id": "o1"}]'],
  ['a SQLite database: export its tables as CSV', 'SQLite format 3\0'],
  ['a 7z archive: unpack it, or pack its files as a zip', Buffer.from('377abcaf271c0004', 'hex')],
  ['a bzip2 archive: unpack it, or pack it with gzip', 'BZh91AY&SY'],
  ['a tar archive: unpack it, or pack its files as a zip', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0')])],
  [
    'a tar archive: unpack it, or pack its files as a zip',
    gzipSync(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar')])),
  ],
  ['UTF-16 text: save it as CSV in UTF-8', Buffer.from(`\ufeff${payments}`, 'utf16le')],
  ['a Parquet file, but not a whole one: download it again', 'PAR1 and no end'],
  ['an empty file', ''],
  ['an archive without files', zip([])],
  [expect.stringMatching(/^not a whole zip archive/), Buffer.from('PK\x03\x04 and no end')],
])('what is no file of rows is called %s', async (message, bytes) => {
  expect((await recognized('download', bytes)).unroutable).toMatchObject([{ message }])
})

test.each(['archive.zip', 'march.csv.gz', 'export'])(
  'a pointer or a page is called so under the name %s',
  async (name) => {
    const bytes = (text: string) => recognized(name, text)
    expect((await bytes('version https://git-lfs.github.com/spec/v1\n')).unroutable).toMatchObject([
      { message: expect.stringMatching(/LFS/) },
    ])
    expect((await bytes('<!doctype html><title>Sign in')).unroutable).toMatchObject([
      { message: expect.stringMatching(/HTML/) },
    ])
  },
)

test('each member of an archive is recognized for itself, by its name or its header', async () => {
  const archive = zip([
    { name: 'olist/', bytes: Buffer.alloc(0), stored: true },
    { name: 'olist/olist_customers_dataset.csv', bytes: Buffer.from(customers) },
    { name: 'olist/Order Payments (1).csv.gz', bytes: gzipSync(payments) },
    { name: 'olist/march.csv', bytes: Buffer.from(sellers) },
    { name: 'olist/olist_orders_dataset.csv/part-00000-c000.csv', bytes: Buffer.from('x') },
    { name: 'olist/olist_orders_dataset.csv/_SUCCESS', bytes: Buffer.alloc(0) },
    { name: 'olist/empty.csv', bytes: Buffer.alloc(0) },
    { name: 'olist/README.md', bytes: Buffer.from('# About') },
    { name: '__MACOSX/olist/._olist_customers_dataset.csv', bytes: Buffer.from('x') },
    { name: 'olist/.DS_Store', bytes: Buffer.from('x') },
  ])
  const found = await recognized('archive.zip', archive)
  expect(parts(found)).toEqual([
    ['customers', 'olist/olist_customers_dataset.csv'],
    ['order_payments', 'olist/Order Payments (1).csv.gz'],
    ['sellers', 'olist/march.csv', 'taken for sellers by its header'],
    ['orders', 'olist/olist_orders_dataset.csv/part-00000-c000.csv'],
  ])
  expect(found.unroutable.map(({ member }) => member)).toEqual(['olist/README.md'])
  expect(found.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(archive.length)
})

test('an archive of one file is that file, under its own name or the archive’s', async () => {
  const one = (name: string) => zip([{ name, bytes: Buffer.from('anything') }])
  expect(parts(await recognized('download.zip', one('olist_sellers_dataset.csv')))).toEqual([['sellers']])
  expect(parts(await recognized('olist_sellers_dataset.zip', one('data.csv')))).toEqual([['sellers']])
  expect(parts(await recognized('olist_sellers_dataset.csv.zip', one('who knows.csv')))).toEqual([['sellers']])
})

test('every member is of the table that the folder names', async () => {
  const archive = zip([
    { name: 'a.csv', bytes: Buffer.from('x') },
    { name: 'olist_orders_dataset.csv', bytes: Buffer.from('x') },
  ])
  expect(parts(await recognized('archive.zip', archive, 'sellers'))).toEqual([
    ['sellers', 'a.csv'],
    ['sellers', 'olist_orders_dataset.csv'],
  ])
})

test('a member that cannot be read is known by its name; two of one name are one', async () => {
  const bytes = Buffer.from(sellers)
  const archive = zip([
    { name: '../../olist_sellers_dataset.csv', bytes },
    { name: 'olist_customers_dataset.csv', bytes, flags: 1 },
    { name: 'orders.csv', bytes },
    { name: 'orders.csv', bytes },
    { name: 'secret.csv', bytes, flags: 1 },
  ])
  const found = await recognized('archive.zip', archive)
  expect(parts(found).map(([name]) => name)).toEqual(['sellers', 'customers', 'orders'])
  expect(found.unroutable).toMatchObject([{ member: 'secret.csv', message: expect.stringMatching(/encrypted/) }])
})

test('an archive that unpacks to a multiple of its size is refused as a whole', async () => {
  const bytes = Buffer.from('x'.repeat(1000))
  const bomb = zip(['a', 'b', 'c'].map((name) => ({ name: `${name}.csv`, bytes, claimed: 2 ** 27 })))
  expect((await recognized('archive.zip', bomb)).unroutable).toMatchObject([
    { message: expect.stringMatching(/200 times/) },
  ])
})

test('a failed read is no missing header', async () => {
  const failure = new Error('the network is gone')
  const archive = bytesInMemory(
    zip([
      { name: 'a.csv', bytes: Buffer.from(sellers) },
      { name: 'b.csv', bytes: Buffer.from(sellers) },
    ]),
  )
  for (const good of [0, 1, 2]) {
    let reads = 0
    const failing = {
      ...archive,
      read: (range: { start: number; end: number }) => (reads++ < good ? archive.read(range) : Promise.reject(failure)),
    }
    await expect(recognize(tables, { path: 'archive.zip' }, failing)).rejects.toBe(failure)
  }
})
