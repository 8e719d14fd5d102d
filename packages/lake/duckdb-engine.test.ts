import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Catalog, CatalogTable } from './catalog.ts'
import { duckdbEngine } from './duckdb-engine.ts'
import { fileCatalog } from './file-catalog.ts'
import { fileStore } from './file-store.ts'
import type { ObjectStore } from './object-store.ts'
import type { QueryEngine } from './query-engine.ts'

describe('DuckDB', () => {
  let root: string
  let store: ObjectStore
  let catalog: Catalog
  let engine: QueryEngine

  /** Files of one bigint column `id`, one a partition. */
  async function putTable(name: string, partitions: Record<string, bigint[]>): Promise<CatalogTable> {
    const files = Object.entries(partitions).map(([value, data]) => ({
      value,
      data,
      location: `cleaned/shop/${name}/${value || 'all'}/`,
    }))
    for (const { data, location } of files)
      await store.put(
        `${location}0.parquet`,
        new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'id', data, type: 'INT64' }] })),
      )
    return {
      database: 'shop_cleaned',
      name,
      columns: [{ name: 'id', type: { kind: 'bigint' } }],
      ...('' in partitions ? {} : { partitionColumn: 'month' }),
      partitions: files.map(({ value, data, location }) => ({
        value,
        location,
        files: [`${location}0.parquet`],
        rows: data.length,
      })),
    }
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lake-'))
    store = fileStore(join(root, 'lake'), { sync: false })
    catalog = fileCatalog(store)
    engine = duckdbEngine({ store, catalog, tempFolder: join(root, 'spill'), memoryLimitMb: 64 })
  })
  afterAll(async () => {
    await engine.close()
    await rm(root, { recursive: true })
  })

  it('opens the files of the partitions asked for only', async () => {
    const table = await putTable('events', { '2018-01': [1n, 2n], '2018-02': [3n], '2018-03': [4n] })
    await store.put('cleaned/shop/events/2018-02/0.parquet', new TextEncoder().encode('this is no Parquet file at all'))
    await catalog.follow({ dataset: 'shop', seq: 1, tables: [table], views: [] })
    const sum = async (where: string) =>
      (await engine.run(`select sum(id) from shop_cleaned.events where ${where}`)).rows
    expect(await sum(`month = '2018-03'`)).toEqual([[4]])
    expect(await sum(`month in ('2018-01', '2018-03') and id > 1`)).toEqual([[6]])
    expect(await sum(`month >= '2018-02' and substr(month, 7, 1) <> '2'`)).toEqual([[4]])
    expect(await sum(`month = '2019-01'`)).toEqual([[null]])
    await expect(sum(`id > 0`)).rejects.toMatchObject({ name: 'QueryFailed', kind: 'engine' })
  })

  it('reads tables that have a column named like its own', async () => {
    const table = await putTable('named', { '2018-01': [1n], '2018-02': [2n] })
    const columns = [...table.columns, { name: 'filename', type: { kind: 'text' } as const }]
    await catalog.follow({
      dataset: 'named',
      seq: 1,
      tables: [{ ...table, database: 'named_cleaned', columns }],
      views: [],
    })
    expect((await engine.run('select * from named_cleaned.named order by id')).rows).toEqual([
      [1, null, '2018-01'],
      [2, null, '2018-02'],
    ])
  })

  it('sees one state of the catalog from the start of a statement to its end', async () => {
    const small = await putTable('one', { '': [1n] })
    const large = await putTable('many', { '': [1n, 2n, 3n] })
    const state = (seq: number) => ({
      dataset: 'shop',
      seq,
      tables: [small, large],
      views: ['a', 'b'].map((name) => ({
        database: 'shop_curated',
        name,
        target: { database: 'shop_cleaned', name: seq % 2 === 0 ? 'one' : 'many' },
        seq,
      })),
    })
    await catalog.follow(state(10))
    let moving = true
    const moved = (async () => {
      for (let seq = 11; moving; seq += 1) {
        await catalog.follow(state(seq))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    const seen = new Set<unknown>()
    for (let i = 0; i < 20; i += 1) {
      const sql = 'select (select count(*) from shop_curated.a) as a, (select count(*) from shop_curated.b) as b'
      const { rows } = await engine.run(sql)
      expect(rows[0]?.[0]).toBe(rows[0]?.[1])
      seen.add(rows[0]?.[0])
    }
    moving = false
    await moved
    expect(seen).toEqual(new Set([1, 3]))
  })

  it("tells an absent data file from the user's mistakes, and hides its private names", async () => {
    const table = await putTable('gone', { '': [1n] })
    await catalog.follow({ dataset: 'gone', seq: 1, tables: [{ ...table, database: 'gone_cleaned' }], views: [] })
    await store.delete(['cleaned/shop/gone/all/0.parquet'])
    await expect(engine.run('select * from gone_cleaned.gone')).rejects.toMatchObject({ kind: 'engine' })
    const message = await engine
      .run('select g.nope from shop_cleaned.many as g join shop_cleaned.many m on m.x = 1')
      .catch(String)
    expect(message).toMatch(/Binder Error/)
    expect(message).not.toMatch(/\bq\d+\b/)
  })

  it('writes tables larger than its memory', async () => {
    const location = store.locate('curated/shop/large__r1_1/')
    const select = `select a.x * 1000 + b.x as id, to_hex(md5(to_utf8(cast(a.x * 1000 + b.x as varchar)))) as hash,
      'p' || cast(b.x % 20 as varchar) as part from unnest(sequence(1, 200)) as a(x) cross join unnest(sequence(0, 999)) as b(x) order by 2`
    await engine.run(
      `CREATE TABLE "shop_build"."large__r1_1" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = '${location}', partitioned_by = ARRAY['part']) AS\n${select}`,
    )
    const table = (await catalog.show('shop'))?.tables.find((each) => each.name === 'large__r1_1')
    expect(table?.partitions.map((each) => each.rows)).toEqual(Array.from({ length: 20 }, () => 10_000))
    const { rows } = await engine.run(
      `select count(distinct hash), min(id), max(id) from shop_build.large__r1_1 where part <> 'p7'`,
    )
    expect(rows).toEqual([[190_000, 1000, 200_999]])
  })

  it('refuses null partitions and types that a table cannot hold, and leaves nothing behind', async () => {
    const create = (name: string, select: string, partition = '') =>
      engine.run(
        `CREATE TABLE "shop_build"."${name}" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = '${store.locate(`curated/shop/${name}/`)}'${partition}) AS\n${select}`,
      )
    const by = `, partitioned_by = ARRAY['p']`
    await expect(create('bad1', `select x, nullif(x, 'b') as p from (values 'a', 'b') t(x)`, by)).rejects.toThrow(
      /null or empty/,
    )
    await expect(create('bad2', 'select 1 as x, 2 as p', by)).rejects.toThrow(/must be text, got integer/)
    await expect(create('bad3', 'select current_timestamp as x')).rejects.toThrow(/timestamp with time zone/)
    await expect(create('bad4', `select interval '1' day as x`)).rejects.toThrow(/interval/)
    await expect(create('bad5', 'select array[1] as x')).rejects.toThrow(/cannot hold/)
    await expect(create('bad6', 'select 1 as x, 2 as X')).rejects.toThrow(/twice/)
    await expect(create('bad7', 'select 1 / (x - 2) as x from (values 1, 2) t(x)')).rejects.toThrow(/DIVISION_BY_ZERO/)
    for await (const { key } of store.list('curated/shop/bad')) expect.unreachable(`${key} was left behind`)
    const outside = `CREATE TABLE "shop_build"."bad8" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = '${root}/elsewhere/') AS\nselect 1 as x`
    await expect(engine.run(outside)).rejects.toThrow(/must lie in/)
  })

  it.each([
    [`select id,\n  id + 1 as next, next * 2 as twice from shop_cleaned.many`, /line 2:19: column next .*alias/],
    ['select id as n from shop_cleaned.many where n > 1', /line 1:45: column n .*alias/],
    ['select id % 2 as odd, count(*) from shop_cleaned.many group by odd', /column odd .*alias/],
    ['select id as n, count(*) as c from shop_cleaned.many group by id having c > 1', /column c .*alias/],
    ['select many from shop_cleaned.many', /name of a table/],
    [`select 1 from shop_cleaned.many where id = '1'`, /line 1:39: Athena does not compare bigint with varchar/],
    [`select 1 from shop_cleaned.many where id in (1, 'a')`, /does not compare bigint with varchar/],
    [
      `select 1 from shop_cleaned.many m join shop_cleaned.one o on cast(m.id as varchar) = o.id`,
      /varchar with bigint/,
    ],
    ['select 1 from shop_cleaned.many where id', /boolean for where, got bigint/],
    [`select 'no ' || id from shop_cleaned.many`, /cast\(x as varchar\)/],
    [`select date '2018-01-02' - date '2018-01-01'`, /date_diff/],
    [`select date '2018-01-02' + id from shop_cleaned.many`, /date_add/],
    [`select id from shop_cleaned.many union all select 'a'`, /columns of union differ/],
    [`select coalesce(id, 'none') from shop_cleaned.many`, /BIGINT and VARCHAR/],
  ])('refuses %j', async (sql, reason) => {
    await expect(engine.run(sql)).rejects.toMatchObject({ kind: 'user', message: expect.stringMatching(reason) })
  })

  it('takes names and types that meet', async () => {
    const rows = async (sql: string) => (await engine.run(sql)).rows
    const table = 'shop_cleaned.many'
    expect(await rows(`select id as n from ${table} order by n desc limit 1`)).toEqual([[3]])
    expect(await rows(`select id * 2 as id from ${table} where id > 2`)).toEqual([[6]])
    expect(await rows(`select n + 1 as m from (select id as n from ${table}) s where n = 1e0`)).toEqual([[2]])
    expect(await rows(`with s as (select id as n from ${table}) select max(n) as n from s where n < 3.5`)).toEqual([
      [3],
    ])
    expect(
      await rows(`select count(*) as c from ${table} m where exists (select 1 from ${table} o where o.id = m.id)`),
    ).toEqual([[3]])
    expect(await rows(`select id = 1 as is_first, count(*) from ${table} group by id = 1 order by 2`)).toEqual([
      [true, 1],
      [false, 2],
    ])
    expect(await rows(`select id from ${table} union all select 1.5 order by 1 limit 1`)).toEqual([['1.0']])
    expect(await rows(`select transform(array[1], id -> id + 1) as id from ${table} limit 1`)).toEqual([[[2]]])
  })

  it('answers questions about names from the catalog', async () => {
    const tables = (await engine.run('show tables in shop_cleaned')).rows.flat()
    expect(tables).toEqual(expect.arrayContaining(['many', 'one']))
    expect((await engine.run('show databases')).rows.flat()).toContain('shop_curated')
    expect((await engine.run('describe shop_cleaned.many')).rows).toEqual([['id', 'bigint', '']])
    const columns = `select column_name, data_type from information_schema.columns where table_schema = 'shop_curated' and table_name = 'a'`
    expect((await engine.run(columns)).rows).toEqual([['id', 'bigint']])
    await expect(engine.run('describe shop_cleaned.nope')).rejects.toThrow(/shop_cleaned has .*many/)
  })

  it('takes no statements after it is closed', async () => {
    const closed = duckdbEngine({ store, catalog, tempFolder: join(root, 'spill2') })
    const running = closed.run(
      'select count(*) from unnest(sequence(1, 1000)) as t(x) cross join unnest(sequence(1, 100)) as u(y)',
    )
    await new Promise((resolve) => setTimeout(resolve, 5))
    await closed.close()
    expect((await running).rows).toEqual([[100_000]])
    await expect(closed.run('select 1')).rejects.toMatchObject({ kind: 'engine' })
  })
})
