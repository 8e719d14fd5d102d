import { GetTableCommand } from '@aws-sdk/client-glue'
import type { CatalogState, CatalogTable } from '@droplake/lake/catalog'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeCatalog } from '../../conformance/catalog.ts'
import { type AwsDrivers, awsDrivers } from '../drivers.ts'

describeCatalog('Glue', async () => {
  const datasets = ['unknown', 'first', 'again', 'moving', 'race', 'build', 'twice', 'pruned', 'apart_a', 'apart_b']
  const drivers = await awsDrivers({ bucket: 'catalog-suite', datasets: [...datasets, 'wide', 'changing', 'parts'] })
  return { catalog: drivers.catalog, another: drivers.anotherCatalog, close: drivers.close }
})

describe('what Glue’s catalog shows Athena', () => {
  let aws: AwsDrivers
  const databasePrefix = 'droplake_seen_'
  const rows = async (sql: string) => (await aws.engine.run(sql)).rows
  beforeAll(async () => {
    aws = await awsDrivers({ bucket: 'catalog-athena', datasets: ['shop'], databasePrefix })
  })
  afterAll(() => aws?.close())

  /** A file of one row: `id`, and `note` where there is one. */
  async function put(key: string, id: number, note?: string): Promise<void> {
    const columnData = [
      { name: 'id', data: [id], type: 'INT32' as const },
      ...(note === undefined ? [] : [{ name: 'note', data: [note], type: 'STRING' as const }]),
    ]
    await aws.store.put(key, new Uint8Array(parquetWriteBuffer({ columnData })))
  }
  const id: CatalogTable['columns'][number] = { name: 'id', type: { kind: 'int' }, description: 'the key' }
  const note: CatalogTable['columns'][number] = { name: 'note', type: { kind: 'text' } }
  const table = (database: string, name: string, of: Partial<CatalogTable>): CatalogTable => ({
    database: `${databasePrefix}shop_${database}`,
    name,
    columns: [id],
    partitions: [],
    ...of,
  })
  const state = (seq: number, of: Partial<CatalogState>): CatalogState => ({
    dataset: 'shop',
    seq,
    tables: [],
    views: [],
    ...of,
  })

  test('a table without rows, then a folder, then another one', async () => {
    const follow = async (seq: number, run?: string) => {
      const location = `cleaned/shop/plain/${run}/`
      const partitions = run ? [{ value: '', location, files: [`${location}0.parquet`], rows: 1 }] : []
      await aws.catalog.follow(state(seq, { tables: [table('cleaned', 'plain', { partitions })] }))
    }
    await put('cleaned/shop/plain/r1/0.parquet', 1)
    await put('cleaned/shop/plain/r2/0.parquet', 2)
    await follow(1)
    expect(await rows(`select * from ${databasePrefix}shop_cleaned.plain`)).toEqual([])
    await follow(2, 'r1')
    expect(await rows(`select * from ${databasePrefix}shop_cleaned.plain`)).toEqual([[1]])
    await follow(3, 'r2')
    expect(await rows(`select * from ${databasePrefix}shop_cleaned.plain`)).toEqual([[2]])
    await follow(4)
    expect(await rows(`select count(*) from ${databasePrefix}shop_cleaned.plain`)).toEqual([[0]])
    expect(await rows(`select seq from ${databasePrefix}shop_build.followed_entry`)).toEqual([[4]])
  })

  test('partitions that move and go, and a column that comes between older files', async () => {
    const at = (month: string, run: string) => {
      const location = `cleaned/shop/parts/${run}-${month}/`
      return { value: month, location, files: [`${location}0.parquet`], rows: 1 }
    }
    const follow = (seq: number, columns: CatalogTable['columns'], partitions: CatalogTable['partitions']) =>
      aws.catalog.follow(
        state(seq, { tables: [table('cleaned', 'parts', { columns, partitionColumn: 'month', partitions })] }),
      )
    const select = `select * from ${databasePrefix}shop_cleaned.parts order by month`
    await put('cleaned/shop/parts/r1-2018-01/0.parquet', 1)
    await put('cleaned/shop/parts/r1-2018-02/0.parquet', 2)
    await put('cleaned/shop/parts/r2-2018-02/0.parquet', 3, 'new')
    await follow(11, [id], [])
    expect(await rows(select)).toEqual([])
    await follow(12, [id], [at('2018-01', 'r1'), at('2018-02', 'r1')])
    expect(await rows(select)).toEqual([
      [1, '2018-01'],
      [2, '2018-02'],
    ])
    await follow(13, [note, id], [at('2018-01', 'r1'), at('2018-02', 'r2')])
    expect(await rows(select)).toEqual([
      [null, 1, '2018-01'],
      ['new', 3, '2018-02'],
    ])
    await follow(14, [note, id], [at('2018-02', 'r2')])
    expect(await rows(`select month, "$path" from ${databasePrefix}shop_cleaned.parts`)).toEqual([
      ['2018-02', 's3://catalog-athena/cleaned/shop/parts/r2-2018-02/0.parquet'],
    ])
  })

  test('a public view, moved to a version with other columns', async () => {
    const version = (run: string, columns: CatalogTable['columns']) => {
      const location = `curated/shop/dim/${run}/`
      const partitions = [{ value: '', location, files: [`${location}0.parquet`], rows: 1 }]
      return table('build', `dim__${run}_1`, { columns, partitions })
    }
    await put('curated/shop/dim/r1/0.parquet', 1)
    await put('curated/shop/dim/r2/0.parquet', 2, 'second')
    const dim = `${databasePrefix}shop_curated.dim`
    for (const [seq, run, columns, shown] of [
      [21, 'r1', [id], [[1]]],
      [22, 'r2', [id, note], [[2, 'second']]],
    ] as const) {
      const target = version(run, [...columns])
      await aws.catalog.register('shop', target)
      const view = { database: `${databasePrefix}shop_curated`, name: 'dim', target, seq }
      await aws.catalog.follow(state(seq, { views: [view] }))
      expect(await rows(`select * from ${dim}`)).toEqual(shown)
    }
    const view = { DatabaseName: `${databasePrefix}shop_curated`, Name: 'dim' }
    const { Table } = await aws.glue.send(new GetTableCommand(view))
    expect(Table?.StorageDescriptor?.Columns).toEqual([
      { Name: 'id', Type: 'int', Comment: 'the key' },
      { Name: 'note', Type: 'string' },
    ])
    const types = `select table_name, column_name, data_type from information_schema.columns where table_schema = '${databasePrefix}shop_curated' order by ordinal_position`
    expect(await rows(types)).toEqual([
      ['dim', 'id', 'integer'],
      ['dim', 'note', 'varchar'],
    ])
  })
})
