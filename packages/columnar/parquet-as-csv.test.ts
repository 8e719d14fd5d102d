import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bigint, date, decimal, double, int, text, timestamp } from '@droplake/contracts/column'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { openPlain } from './decompress.ts'
import { bytesInMemory } from './file-bytes.ts'
import { parquetColumns } from './parquet-as-csv.ts'
import { gather, readWhole, reasons, tableOf } from './testing.ts'
import { zip } from './testing-zip.ts'
import { Unreadable } from './unreadable.ts'

const folder = mkdtempSync(join(tmpdir(), 'droplake-parquet-'))
const instance = await DuckDBInstance.create(':memory:')
const duckdb = await instance.connect()
afterAll(() => {
  duckdb.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

let files = 0
/** A Parquet file as another program writes it. */
async function parquet(select: string, options = ''): Promise<Buffer> {
  const path = join(folder, `${++files}.parquet`)
  await duckdb.run(`copy (${select}) to '${path}' (format parquet${options})`)
  return readFileSync(path)
}

const csvOf = async (bytes: Uint8Array, name = 'orders.parquet') =>
  (await gather(openPlain(name, bytesInMemory(bytes)))).toString()

const lines = async (select: string, options?: string) =>
  (await csvOf(await parquet(select, options))).trimEnd().split('\n').slice(1)

test('every type is written as text that reads as the same value', async () => {
  const cells: [sql: string, text: string][] = [
    [`'plain'`, '"plain"'],
    [`'São "Tomé", ' || chr(10) || '日本'`, '"São ""Tomé"", \n日本"'],
    [`''`, '""'],
    ['null::varchar', ''],
    ['42::int', '42'],
    ['9223372036854775807::bigint', '9223372036854775807'],
    ['18446744073709551615::ubigint', '18446744073709551615'],
    ['4294967295::uinteger', '4294967295'],
    ['-5::tinyint', '-5'],
    ['12.9::double', '12.9'],
    ['12.9::float', '12.9'],
    [`'nan'::double`, ''],
    [`'inf'::double`, 'Infinity'],
    ['12.90::decimal(4,2)', '12.9'],
    ['1200.000::decimal(9,3)', '1200'],
    ['-0.05::decimal(10,2)', '-0.05'],
    ['90071992547409.93::decimal(18,2)', '90071992547409.93'],
    ['12345678901234567890123456.78::decimal(38,2)', '12345678901234567890123456.78'],
    ['-1.5::decimal(38,2)', '-1.5'],
    ['true', 'true'],
    [`date '2018-03-05'`, '"2018-03-05"'],
    [`date '1969-12-31'`, '"1969-12-31"'],
    [`timestamp '2018-03-05 10:00:00.123456'`, '"2018-03-05T10:00:00.123Z"'],
    [`timestamp '1969-12-31 23:59:59.999999'`, '"1969-12-31T23:59:59.999Z"'],
    [`'2018-03-05 10:00:00'::timestamp_s`, '"2018-03-05T10:00:00.000Z"'],
    [`'2018-03-05 10:00:00.5'::timestamp_ms`, '"2018-03-05T10:00:00.500Z"'],
    [`'2018-03-05 10:00:00.123456789'::timestamp_ns`, '"2018-03-05T10:00:00.123Z"'],
    [`'5f2c1d7e-aaaa-4bbb-8ccc-1234567890ab'::uuid`, '"5f2c1d7e-aaaa-4bbb-8ccc-1234567890ab"'],
    [`'bytes'::blob`, '"bytes"'],
    [`'b'::enum('a', 'b')`, '"b"'],
    [`[1, 2]`, '"[1,2]"'],
    [`{a: 1, b: 'x'}`, '"{""a"":1,""b"":""x""}"'],
  ]
  const select = cells.map(([sql], n) => `${sql} as c${n}`).join(', ')
  const written = await csvOf(await parquet(`select ${select}`))
  expect(written).toBe(`${cells.map((_, n) => `"c${n}"`).join(',')}\n${cells.map(([, text]) => text).join(',')}\n`)
})

test.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli'])(
  'row groups and pages are read, packed by %s',
  async (codec) => {
    const select = `select i, case when i % 7 = 0 then null else 'text ' || i % 50 end as t from range(30000) r(i)`
    const rows = await lines(select, `, compression ${codec}, row_group_size 12000`)
    expect(rows).toEqual(Array.from({ length: 30_000 }, (_, i) => `${i},${i % 7 === 0 ? '' : `"text ${i % 50}"`}`))
  },
)

const sales = tableOf(
  {
    id: text.required(),
    at: timestamp.required(),
    day: date.optional(),
    price: decimal(10, 2).required({ min: 0 }),
    units: int.optional(),
    code: bigint.optional(),
    lat: double.optional({ max: 90 }),
    zip: text.optional({ padTo: 5 }),
  },
  { key: ['id'] },
)

async function readSales(bytes: Uint8Array) {
  return readWhole(sales, await gather(openPlain('sales.parquet', bytesInMemory(bytes))))
}

test('columns are found by name, in any order, and types are converted where nothing is lost', async () => {
  const whole = await readSales(
    await parquet(`select 1037 as zip, 2.0::double as units, 9007199254740993 as code, -23.5::float as lat, 12.9::double as price,
      timestamp '2018-03-05 10:00:00' as "At", date '2018-03-05' as day, 'a' as id, 'x' as channel`),
  )
  expect(whole.rows).toEqual([
    ['a', Date.UTC(2018, 2, 5, 10), Date.UTC(2018, 2, 5) / 86_400_000, 1290n, 2, 9007199254740993n, -23.5, '01037'],
  ])
  expect(whole.profile.warnings.join()).toMatch(/does not know/)
})

test('bad rows are rejected with their reason and number, the others are kept', async () => {
  const row = (id: string, price: string, units = '1', at = `timestamp '2018-03-05 10:00:00'`) =>
    `select ${id} as id, ${at} as at, ${price}::double as price, ${units}::double as units`
  const whole = await readSales(
    await parquet(
      [
        row(`'a'`, '1'),
        row('null', '1'),
        row(`'b'`, '-1'),
        row(`'c'`, '1.0051'),
        row(`'d'`, '1', '1.5'),
        row(`'e'`, '2', '3', 'null'),
      ].join(' union all '),
    ),
  )
  expect(whole.rows.map(([id]) => id)).toEqual(['a'])
  expect(reasons(whole)).toEqual([
    [2, 'required', 'id'],
    [3, 'below_min', 'price'],
    [4, 'too_precise', 'price'],
    [5, expect.any(String), 'units'],
    [6, 'required', 'at'],
  ])
})

test('a file without the required columns is refused with their names', async () => {
  await expect(readSales(await parquet(`select 'a' as id, 1.5 as price`))).rejects.toThrow(/lacks at/)
})

test('a file of no rows has none', async () => {
  expect(
    (await readSales(await parquet(`select 'a' as id, now()::timestamp as at, 1.5 as price where false`))).records,
  ).toBe(0)
})

test('a file that was cut off or damaged is refused', async () => {
  const bytes = await parquet('select i from range(1000) r(i)')
  const damaged = Buffer.from(bytes)
  damaged.fill(0xff, 4, 60)
  for (const bad of [bytes.subarray(0, bytes.length - 20), bytes.subarray(0, 5), damaged])
    await expect(csvOf(bad)).rejects.toBeInstanceOf(Unreadable)
})

test('a file is recognized by its first bytes, and read within an archive', async () => {
  const bytes = await parquet(`select 1 as a`)
  expect(await csvOf(bytes, 'delivery')).toBe('"a"\n1\n')
  expect(await csvOf(zip([{ name: 'a.parquet', bytes }]), 'a.zip')).toBe('"a"\n1\n')
  expect(await parquetColumns(bytesInMemory(bytes))).toEqual(['a'])
})
