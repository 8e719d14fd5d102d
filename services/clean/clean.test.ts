import { decimal, int, text, timestamp } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { keys } from '@droplake/pipeline/keys'
import { readRecord } from '@droplake/pipeline/records'
import type { CleanRecord } from '@droplake/pipeline/step-records'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { planRun, quarantinedRows, ringFor, storedRows, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'
import { indexFile } from '../index/index-file.ts'
import { clean } from './clean.ts'

const sales: TableSpec = {
  description: '',
  files: 'sales*.csv',
  columns: {
    id: text.required(),
    at: timestamp.required(),
    price: decimal(10, 2).required({ min: 0 }),
    city: text.optional({ lower: true }),
    units: int.optional(),
  },
  key: ['id'],
  dedupe: 'latest',
  kind: 'append',
  partition: { name: 'month', by: 'month', of: 'at' },
}
const header = 'id,at,price,city,units\n'
const input = { dataset: 'd', run: 'r1', table: 'sales' }

async function cleaned(lake: TestLake, item = 0): Promise<CleanRecord> {
  await clean(lake.fx, { ...input, item })
  return readRecord<CleanRecord>(lake.store, keys.cleanDone('r1', 'sales', item))
}

async function cleanedFile(bytes: string | Uint8Array) {
  const lake = testLake({ tables: { sales } })
  const source = await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes })
  await planRun(lake, 'r1')
  const record = await cleaned(lake)
  const quarantined = record.quarantine ? await quarantinedRows(lake.store, record.quarantine) : []
  return { lake, source, record, quarantined }
}

test('good rows are staged by partition, bad ones go to quarantine with the reason, the column and the record as it came', async () => {
  const file = `${header}a,2018-01-05 10:00:00,1.50,Rio,1
b,2018-02-01 00:00:00,-3.00,Rio,1
c,not a time,2,"São, Paulo",1
,,,,
d,2018-02-03 00:00:00,2,Rio,1
e,2018-01-31 23:59:59,2
`
  const { source, record, quarantined } = await cleanedFile(file)
  expect(record.sources).toMatchObject([{ source: 0, records: 6, rows: 2, blank: 1, quarantined: 3, warnings: [] }])
  expect(record.sources[0]?.groups.map(({ partition, rows }) => [partition, rows])).toEqual([
    ['2018-01', 1],
    ['2018-02', 1],
  ])
  expect(quarantined.map((row) => [row.source_row, row.reason, row.column, row.text])).toEqual([
    [2n, 'below_min', 'price', 'b,2018-02-01 00:00:00,-3.00,Rio,1'],
    [3n, expect.any(String), 'at', 'c,not a time,2,"São, Paulo",1'],
    [6n, 'cell_count', null, 'e,2018-01-31 23:59:59,2'],
  ])
  const bytes = Buffer.from(file)
  for (const row of quarantined) {
    expect(row).toMatchObject({ source: source.id, source_file: 'raw/d/sales.csv', encoding: 'utf-8' })
    const [offset, length] = [Number(row.offset), Number(row.length)]
    expect(
      bytes
        .subarray(offset, offset + length)
        .toString()
        .trimEnd(),
    ).toBe(row.text)
  }
})

test('a rejected record of a Latin-1 file is readable, and the file carries a warning', async () => {
  const file = Buffer.from(
    `${header}a,2018-01-05 10:00:00,1,São Paulo,1\nb,2018-01-05 10:00:00,-1,Maringá,1\n`,
    'latin1',
  )
  const { record, quarantined } = await cleanedFile(file)
  expect(record.sources[0]?.warnings).toEqual(['not UTF-8, read as Latin-1'])
  expect(quarantined.map(({ text, encoding }) => [text, encoding])).toEqual([
    ['b,2018-01-05 10:00:00,-1,Maringá,1', 'latin-1'],
  ])
})

test('without a rejected row there is no quarantine file', async () => {
  const { record } = await cleanedFile(`${header}a,2018-01-05 10:00:00,1,Rio,1\n`)
  expect(record).not.toHaveProperty('quarantine')
})

test('an item is cleaned once: a second attempt leaves the record and the files as they are', async () => {
  const { lake, record } = await cleanedFile(`${header}a,2018-01-05 10:00:00,1,Rio,1\nb,x,1,Rio,1\n`)
  const before = await lake.store.head(record.staged.key)
  expect(await cleaned(lake)).toEqual(record)
  expect(await lake.store.head(record.staged.key)).toEqual(before)
})

test('the bytes that were announced are read, also when the key was overwritten since', async () => {
  const lake = testLake({ tables: { sales } })
  await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes: `${header}a,2018-01-05 10:00:00,1,Rio,1\n` })
  await planRun(lake, 'r1')
  await lake.store.put('raw/d/sales.csv', Buffer.from('replaced'))
  expect((await cleaned(lake)).sources).toMatchObject([{ rows: 1, quarantined: 0 }])
})

test('a file that is gone is told from one that cannot be read', async () => {
  const lake = testLake({ tables: { sales } })
  await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes: `${header}a,2018-01-05 10:00:00,1,Rio,1\n` })
  await planRun(lake, 'r1')
  await lake.store.delete(['raw/d/sales.csv'])
  expect((await cleaned(lake)).sources[0]?.gone).toContain('replaced or deleted')
})

test('a failure of the store fails the item, leaves its message and no record, and is forgotten when it works', async () => {
  let broken = true
  const lake = testLake({
    tables: { sales },
    wrapStore: (store) => ({
      ...store,
      read: (key, options) =>
        broken && key.startsWith('raw/') ? Promise.reject(new Error('denied')) : store.read(key, options),
    }),
  })
  await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes: `${header}a,2018-01-05 10:00:00,1,Rio,1\n` })
  await planRun(lake, 'r1')
  await expect(clean(lake.fx, { ...input, item: 0 })).rejects.toThrow('denied')
  expect(await lake.store.head(keys.cleanDone('r1', 'sales', 0))).toBeUndefined()
  expect(await lake.store.head(keys.staged('r1', 'sales', 0))).toBeUndefined()
  broken = false
  expect((await cleaned(lake)).sources).toMatchObject([{ rows: 1 }])
})

const manyRows = (count: number) => {
  const rows = Array.from({ length: count }, (_, n) => {
    const month = String(1 + (n % 3)).padStart(2, '0')
    const price = n % 10 === 7 ? '-1' : `${n}.25`
    return `k${n % 40},2018-${month}-05 10:00:00,${price},"City\n${n}",${n}`
  })
  return `${header}${rows.join('\n')}\n`
}

test('a large file in several slices gives the very rows, numbers and rejects that it gives as a whole', async () => {
  const bytes = manyRows(120)
  const runs = await Promise.all(
    [2 ** 20, 700].map(async (sliceBytes) => {
      const lake = testLake({ tables: { sales }, settings: { sliceBytes } })
      await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes })
      const report = await wholeRun(lake, 'r1')
      const rows = await storedRows(lake, 'sales', ['id', 'price', 'city', 'units', '_source_row'])
      const rejects = []
      for await (const { key } of lake.store.list('quarantine/'))
        rejects.push(...(await quarantinedRows(lake.store, key)))
      const byRow = (a: { [name: string]: unknown }, b: { [name: string]: unknown }) =>
        Number(a._source_row ?? a.source_row) - Number(b._source_row ?? b.source_row)
      return { counts: report.tables.sales, rows: rows.sort(byRow), rejects: rejects.sort(byRow), lake }
    }),
  )
  const [whole, sliced] = runs
  const plan = await sliced?.lake.store.read(keys.plan('r1'))
  const items = (JSON.parse(Buffer.from(plan ?? []).toString()) as { tables: { sales: { items: unknown[] } } }).tables
  expect(items.sales.items.length).toBeGreaterThan(5)
  expect(whole?.rejects).toHaveLength(12)
  expect(whole?.counts).toMatchObject({ rowsIn: 120, quarantined: 12 })
  expect(sliced?.counts).toEqual(whole?.counts)
  expect(sliced?.rows).toEqual(whole?.rows)
  expect(sliced?.rejects).toEqual(whole?.rejects)
})

test('a slice reads numbers and dates as the whole file proves them, and the report says what the contract had to decide', async () => {
  const rows = Array.from({ length: 60 }, (_, n) => `k${n};0${1 + (n % 9)}/04/2018;1.${100 + n};Rio;1.000`)
  const bytes = `${header.replaceAll(',', ';')}${rows.join('\n')}\nlast;05/04/2018;12,90;Rio;2\n`
  const dated: TableSpec = { ...sales, dateOrder: 'dmy' }
  const lake = testLake({ tables: { sales: dated }, settings: { sliceBytes: 500 } })
  await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes })
  const report = await wholeRun(lake, 'r1')
  expect(report.tables.sales).toMatchObject({ rowsIn: 61, kept: 61, quarantined: 0, repaired: 61 })
  expect(report.sources.map(({ warnings }) => warnings)).toEqual([
    ['column at: no date proves the order of day and month, read as day first, as the contract says'],
  ])
  const stored = await storedRows(lake, 'sales', ['id', 'at', 'price', 'units'])
  expect(stored.find(({ id }) => id === 'k0')).toMatchObject({
    at: Date.parse('2018-04-01'),
    price: 110000n,
    units: 1000,
  })
})

test('slices of a file that Index found unreadable say so, without reading it again', async () => {
  const lake = testLake({ tables: { sales }, settings: { sliceBytes: 50 } })
  await ringFor(lake, { name: 'sales.csv', table: 'sales', bytes: `%PDF-${'x'.repeat(120)}` })
  await planRun(lake, 'r1')
  await indexFile(lake.fx, { ...input, large: 0 })
  expect((await cleaned(lake, 1)).sources).toMatchObject([{ unreadable: expect.stringContaining('a PDF'), records: 0 }])
})
