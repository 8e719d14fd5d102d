import { gzipSync } from 'node:zlib'
import { zip } from '@droplake/columnar/testing-zip'
import { createParquet } from '@droplake/columnar/write-parquet'
import { int, text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { announce } from '@droplake/pipeline/announce'
import { pendingSources, ring } from '@droplake/pipeline/markers'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { storedRows, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'
import { admit } from './admit.ts'

const table = (files: string): TableSpec => ({
  description: '',
  files,
  columns: { id: text.required(), units: int.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
})
const tables = { shops: table('shops*.csv'), sales: table('sales*.csv') }

const csv = (...rows: string[]) => Buffer.from(`${['id,units', ...rows].join('\n')}\n`)
const archive = zip([
  { name: 'data/shops.csv', bytes: csv('a,1', 'b,x') },
  { name: 'data/sales_2.csv', bytes: csv('s,2', 't,2') },
  { name: 'data/sales_1.csv.gz', bytes: gzipSync(csv('s,1')) },
  { name: 'data/README.md', bytes: Buffer.from('about') },
])

let executions = 0
/** What an *Object Created* event of the bucket comes to; the run that it begins is left to the test. */
const arrive = (lake: TestLake, key: string) =>
  admit(lake.fx, {
    event: { detail: { bucket: { name: 'b' }, object: { key } } },
    execution: `e${++executions}`,
    startedAt: '2024-01-01T00:00:00.000Z',
  })

const put = async (lake: TestLake, name: string, bytes: Uint8Array) => {
  lake.time.now += 1000
  await lake.store.put(`raw/d/${name}`, bytes)
}

const pending = async (lake: TestLake) =>
  (await pendingSources(lake.store, 'd')).map(({ table: name, member }) => `${name} ${member}`).sort()

const members = ['sales data/sales_1.csv.gz', 'sales data/sales_2.csv', 'shops data/shops.csv']

test('an event of an archive makes each member a source, and reports once which ones no table takes', async () => {
  const lake = testLake({ tables })
  await put(lake, 'archive.zip', archive)
  expect(await arrive(lake, 'raw/d/archive.zip')).toMatchObject({ outcome: 'begun' })
  expect(await pending(lake)).toEqual(members)
  expect(lake.alerts).toHaveLength(1)
  expect(lake.alerts[0]?.text).toContain('data/README.md')
})

test('members have outcomes, sums, lineage and quarantine of their own', async () => {
  const lake = testLake({ tables })
  await put(lake, 'archive.zip', archive)
  await announce(lake.fx, 'd')
  const report = await wholeRun(lake, 'r1')
  expect(report.sources.map(({ key, table: name, rowsIn, outcome }) => [key, name, rowsIn, outcome])).toEqual([
    ['raw/d/archive.zip/data/shops.csv', 'shops', 2, 'taken'],
    ['raw/d/archive.zip/data/sales_2.csv', 'sales', 2, 'taken'],
    ['raw/d/archive.zip/data/sales_1.csv.gz', 'sales', 1, 'taken'],
  ])
  expect(report.tables).toMatchObject({
    shops: { rowsIn: 2, kept: 1, quarantined: 1 },
    sales: { rowsIn: 3, kept: 2, duplicate: 1 },
  })
  // Of two members with one key the later in the archive wins, whatever their names.
  expect(
    (await storedRows(lake, 'sales', ['id', 'units'])).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
  ).toMatchObject([
    { id: 's', units: 1 },
    { id: 't', units: 2 },
  ])
  expect(await storedRows(lake, 'shops', ['id', '_source_file', '_source_row'])).toEqual([
    { id: 'a', _source_file: 'raw/d/archive.zip/data/shops.csv', _source_row: 1n, in: '' },
  ])
  expect(report.io.bytesIn).toBeLessThan(archive.length)
})

test('an archive that was taken is known: to its event, to a listing, and under another name', async () => {
  const lake = testLake({ tables })
  await put(lake, 'archive.zip', archive)
  await arrive(lake, 'raw/d/archive.zip')
  await announce(lake.fx, 'd')
  expect(await pending(lake)).toEqual(members)
  lake.dead.add(`e${executions}`)
  await wholeRun(lake, 'r1')
  expect(await arrive(lake, 'raw/d/archive.zip')).toMatchObject({ outcome: 'duplicate' })
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
  await put(lake, 'archive (1).zip', archive)
  expect((await announce(lake.fx, 'd')).rung).toHaveLength(3)
  const again = await wholeRun(lake, 'r2')
  expect(again.sources.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'duplicate'])
})

test('what a process that died had not announced is announced by a listing', async () => {
  const lake = testLake({ tables })
  await put(lake, 'archive.zip', archive)
  await announce(lake.fx, 'd')
  const all = await pendingSources(lake.store, 'd')
  for (const kept of all.filter(({ place }) => place !== 0)) {
    const other = testLake({ tables })
    other.time.now = lake.time.now - 1000
    await put(other, 'archive.zip', archive)
    const { attempts: _, ...source } = kept
    await ring(other.store, 'd', source)
    await announce(other.fx, 'd')
    expect(await pending(other)).toEqual(members)
  }
})

test('members that cannot be read are set aside one by one, and the others are taken', async () => {
  const lake = testLake({ tables })
  const bytes = csv('a,1')
  const odd = zip([
    { name: 'shops_locked.csv', bytes, flags: 1 },
    { name: '../shops_above.csv', bytes },
    { name: '/shops_absolute.csv', bytes },
    { name: 'shops_twice.csv', bytes },
    { name: 'shops_twice.csv', bytes: csv('b,1') },
    { name: 'shops_lies.csv', bytes, claimed: 5 },
    { name: 'shops_wrong.csv', bytes, crc: 7 },
    { name: 'shops_nested.zip', bytes: zip([{ name: 'shops.csv', bytes }]) },
    { name: 'shops_good.csv', bytes },
  ])
  await put(lake, 'odd.zip', odd)
  await announce(lake.fx, 'd')
  const report = await wholeRun(lake, 'r1')
  const outcomes = Object.fromEntries(
    report.sources.map(({ key, outcome, error }) => [key.slice('raw/d/odd.zip/'.length), error ?? outcome]),
  )
  expect(outcomes).toEqual({
    'shops_locked.csv': expect.stringMatching(/encrypted/),
    '../shops_above.csv': expect.stringMatching(/leads out of the archive/),
    '/shops_absolute.csv': expect.stringMatching(/leads out of the archive/),
    'shops_twice.csv': expect.stringMatching(/2 members of this name/),
    'shops_lies.csv': expect.stringMatching(/its size is not/),
    'shops_wrong.csv': expect.stringMatching(/checksum/),
    'shops_nested.zip': expect.stringMatching(/archive within the archive/),
    'shops_good.csv': 'taken',
  })
})

test('a Parquet file is taken, checked and quarantined like any other', async () => {
  const lake = testLake({ tables })
  const file = createParquet(
    { units: { type: { kind: 'bigint' }, required: false }, id: { type: { kind: 'text' }, required: false } },
    await lake.store.writer('raw/d/export'),
  )
  await file.writeGroup([
    [1n, 2n, null],
    ['a', null, 'c'],
  ])
  await file.writeGroup([[7n], ['d']])
  await file.close()
  expect(await arrive(lake, 'raw/d/export')).toMatchObject({ outcome: 'unroutable' })
  await lake.store.copy('raw/d/export', 'raw/d/sales.parquet')
  expect(await arrive(lake, 'raw/d/sales.parquet')).toMatchObject({ outcome: 'begun' })
  lake.dead.add(`e${executions}`)
  const report = await wholeRun(lake, 'r1')
  expect(report.tables.sales).toMatchObject({ rowsIn: 4, kept: 2, quarantined: 2 })
  expect(await storedRows(lake, 'sales', ['id', 'units', '_source_row'])).toMatchObject([
    { id: 'a', units: 1, _source_row: 1n },
    { id: 'd', units: 7, _source_row: 4n },
  ])
})

test('a file that its header recognized carries that as a warning', async () => {
  const lake = testLake({
    tables: { ...tables, sales: { ...tables.sales, columns: { code: text.required() }, key: ['code'] } },
  })
  await put(lake, 'export.csv', csv('a,1'))
  expect(await arrive(lake, 'raw/d/export.csv')).toMatchObject({ outcome: 'begun' })
  lake.dead.add(`e${executions}`)
  const report = await wholeRun(lake, 'r1')
  expect(report.sources).toMatchObject([{ outcome: 'taken', warnings: ['taken for shops by its header'] }])
})
