import { beforeEach, describe, expect, test } from 'vitest'
import { ServiceError } from './testing/json-service.ts'
import { before, orders, published, type ShopCatalog, shopCatalog, stateOf, version } from './testing/shop-catalog.ts'

const all = { keep: new Set<string>(), before: Number.POSITIVE_INFINITY }

test('a registration that died between the table and its partitions is completed when it is repeated', async () => {
  const { glue, catalog } = await shopCatalog()
  const table = { ...orders(1, 3), database: 'app_dev_shop_build', name: 'fact__r1_1' }
  glue.intercept = before('BatchCreatePartition', 'fact__r1_1', async () => {
    throw new ServiceError('InvalidInputException', 'gone')
  })
  await expect(catalog.register('shop', table)).rejects.toThrow('gone')
  expect(glue.partitions.get('app_dev_shop_build.fact__r1_1')?.size).toBe(0)
  await catalog.register('shop', table)
  expect(glue.partitions.get('app_dev_shop_build.fact__r1_1')?.size).toBe(3)
  await catalog.follow(stateOf(1))
  expect((await catalog.show('shop'))?.tables).toContainEqual(table)
})

test('a table without columns is refused', async () => {
  const { catalog } = await shopCatalog()
  await expect(catalog.register('shop', { ...version('odd'), columns: [] })).rejects.toThrow(/odd has no columns/)
})

test('a file outside its partition’s folder is refused', async () => {
  const { catalog } = await shopCatalog()
  const [partition] = orders(1, 1).partitions
  const table = { ...orders(1, 1), partitions: [{ ...partition!, files: ['elsewhere/0.parquet'] }] }
  await expect(catalog.register('shop', table)).rejects.toThrow(/got elsewhere\/0\.parquet/)
})

test('a refusal when tables are deleted is an error that names the first', async () => {
  const { glue, catalog } = await shopCatalog()
  await catalog.register('shop', version('dim__r1_1'))
  const ErrorDetail = { ErrorCode: 'InternalServiceException', ErrorMessage: 'try later' }
  glue.intercept = (action) =>
    action === 'BatchDeleteTable' ? { Errors: [{ TableName: 'dim__r1_1', ErrorDetail }] } : undefined
  await expect(catalog.prune('shop', all)).rejects.toThrow(
    /refused 1 of 1 tables of app_dev_shop_build, first dim__r1_1: InternalServiceException try later/,
  )
})

describe('what others made', () => {
  let shop: ShopCatalog
  const foreign = (name: string, of: object) =>
    shop.glue.tables.set(`app_dev_shop_build.${name}`, {
      Name: name,
      DatabaseName: 'app_dev_shop_build',
      VersionId: '1',
      CreateTime: 0,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'm', Type: 'string' }],
      ...of,
    })
  const parquet = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
  const plain = 'org.apache.hadoop.mapred.TextInputFormat'
  const storage = (InputFormat: string, ...types: string[]) => {
    const Columns = types.map((Type, i) => ({ Name: `c${i}`, Type }))
    return { StorageDescriptor: { InputFormat, Location: 's3://lake/x', Columns } }
  }
  const build = () => [...shop.glue.tables.values()].filter((one) => one.DatabaseName === 'app_dev_shop_build')

  beforeEach(async () => {
    shop = await shopCatalog()
    await shop.catalog.register('shop', version('dim__r1_1'))
    await shop.catalog.follow(published(1, 'dim__r1_1'))
    foreign('csv', storage(plain, 'string'))
    foreign('created', storage(parquet, 'varchar(3)', 'decimal(38,2)'))
    foreign('odd', storage(parquet, 'array<int>'))
  })

  test('a table that a statement created shows its columns; other formats and types are left out', async () => {
    const tables = (await shop.catalog.show('shop'))?.tables ?? []
    expect(tables.map(({ name }) => name).sort()).toEqual(['created', 'dim__r1_1', 'orders'])
    expect(tables.find(({ name }) => name === 'created')).toEqual({
      database: 'app_dev_shop_build',
      name: 'created',
      columns: [
        { name: 'c0', type: { kind: 'text' } },
        { name: 'c1', type: { kind: 'decimal', precision: 38, scale: 2 } },
      ],
      partitionColumn: 'm',
      partitions: [],
    })
  })

  test('prune forgets what a statement created, and neither what a view shows nor another format', async () => {
    await shop.catalog.prune('shop', all)
    expect(
      build()
        .map(({ Name }) => Name)
        .sort(),
    ).toEqual(['csv', 'dim__r1_1', 'followed_entry'])
  })

  test('a state that names less takes back only what states named', async () => {
    await shop.catalog.follow({ dataset: 'shop', seq: 2, tables: [], views: [] })
    const names = [...shop.glue.tables.values()].map(({ Name }) => Name).sort()
    expect(names).toEqual(['created', 'csv', 'dim__r1_1', 'followed_entry', 'odd'])
  })
})

test('datasets of a stage whose name begins alike are not taken for own ones', async () => {
  const { catalog, another } = await shopCatalog()
  await catalog.follow(stateOf(1))
  const tables = [{ ...orders(1, 1), database: 'app_dev_x_shop_cleaned' }]
  await another('app_dev_x_').follow({ ...stateOf(1), tables })
  expect(await catalog.datasets()).toEqual(['shop'])
  expect(await another('app_dev_x_').datasets()).toEqual(['shop'])
})

test('a table that is deleted while it is shown is left out', async () => {
  const { glue, catalog, another } = await shopCatalog()
  await catalog.follow(stateOf(1))
  glue.intercept = before('GetPartitions', 'orders', () => another().follow({ ...stateOf(2), tables: [] }))
  expect((await catalog.show('shop'))?.tables).toEqual([])
})

test('the crawled tables are those of the raw database', async () => {
  const { glue, catalog } = await shopCatalog()
  expect(await catalog.crawled('shop')).toEqual([])
  glue.tables.set('app_dev_shop_raw.orders_csv', {
    Name: 'orders_csv',
    DatabaseName: 'app_dev_shop_raw',
    StorageDescriptor: { Location: 's3://lake/raw/shop/orders.csv', Columns: [{ Name: 'id', Type: 'bigint' }] },
  })
  expect(await catalog.crawled('shop')).toEqual([
    { name: 'orders_csv', key: 'raw/shop/orders.csv', columns: [{ name: 'id', type: 'bigint' }] },
  ])
})
