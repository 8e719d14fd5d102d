import type { Catalog, CatalogTable } from '@droplake/lake/catalog'
import type { ObjectStore } from '@droplake/lake/object-store'
import { type QueryEngine, QueryFailed, type Value } from '@droplake/lake/query-engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeDialect } from './query-dialect.ts'
import { eventsTable, kindsTable, writeEvents, writeKinds } from './query-tables.ts'

export interface QueryEngineDriver {
  engine: QueryEngine
  store: ObjectStore
  catalog: Catalog
  /** False where arrays, maps and rows come as Athena's text, and their types without those of their parts. */
  givesParts: boolean
  /** False where the catalog shows no partitions of a table that a statement created. */
  showsCreated: boolean
  close?(): Promise<void>
}

/** What every query engine must do. `makeDriver` gives an empty lake; it is called once. */
export function describeQueryEngine(name: string, makeDriver: () => Promise<QueryEngineDriver>): void {
  describe(`${name} as query engine`, () => {
    let driver: QueryEngineDriver
    const run = (sql: string, signal?: AbortSignal) => driver.engine.run(sql, signal ? { signal } : {})
    const rows = async (sql: string): Promise<Value[][]> => (await run(sql)).rows
    const failure = async (sql: string): Promise<QueryFailed> => {
      const error = await run(sql).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(error, `${sql} must fail`).toBeInstanceOf(QueryFailed)
      return error as QueryFailed
    }

    beforeAll(async () => {
      driver = await makeDriver()
      await writeKinds(driver.store)
      await writeEvents(driver.store)
      const empty: CatalogTable = { ...kindsTable, name: 'empty', partitions: [] }
      const emptyByMonth: CatalogTable = { ...eventsTable, name: 'empty_by_month', partitions: [] }
      await driver.catalog.follow({
        dataset: 'suite',
        seq: 1,
        tables: [kindsTable, eventsTable, empty, emptyByMonth],
        views: [
          { database: 'suite_curated', name: 'dim_kind', target: { database: 'suite_cleaned', name: 'kinds' }, seq: 1 },
        ],
      })
    })
    afterAll(async () => {
      await driver?.engine.close()
      await driver?.close?.()
    })

    it("gives values of every type, and nulls, in the catalog's order of columns", async () => {
      const result = await run('select * from suite_cleaned.kinds order by id')
      expect(result.columns).toEqual([
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'varchar' },
        { name: 'big', type: 'bigint' },
        { name: 'ratio', type: 'double' },
        { name: 'price', type: 'decimal(10,2)' },
        { name: 'at', type: 'timestamp' },
        { name: 'day', type: 'date' },
        { name: 'ok', type: 'boolean' },
        { name: 'late', type: 'varchar' },
      ])
      expect(result.rows).toEqual([
        [1, 'São "Paulo"', '9007199254740993', 0.5, '12.30', '2018-01-02T03:04:05.678Z', '2018-01-02', true, null],
        [2, null, null, null, null, null, null, null, null],
        [3, 'later', 7, -1.25, '-0.05', '1969-12-31T23:59:59.999Z', '1969-12-31', false, 'only in the second file'],
      ])
    })

    it("takes the partition's value from the catalog", async () => {
      expect(
        await rows(`select count(*), count(distinct month), min(month), max(month) from suite_cleaned.events`),
      ).toEqual([[1000, 250, 'm000', 'm249']])
      expect(await rows(`select month, id from suite_cleaned.events where month = 'm007' order by id`)).toEqual([
        ['m007', 28],
        ['m007', 29],
        ['m007', 30],
        ['m007', 31],
      ])
      expect(
        await rows(
          `select month, sum(id) from suite_cleaned.events where month in ('m001', 'm248') group by month order by 1`,
        ),
      ).toEqual([
        ['m001', 22],
        ['m248', 3974],
      ])
      expect(await rows(`select * from suite_cleaned.events where month > 'm248' and id = 999`)).toEqual([
        [999, 'm249'],
      ])
    })

    it('gives an empty, typed result for tables without files', async () => {
      const plain = await run('select * from suite_cleaned.empty')
      expect(plain.rows).toEqual([])
      expect(plain.columns.map((column) => column.type)).toContain('decimal(10,2)')
      const byMonth = await run('select * from suite_cleaned.empty_by_month')
      expect(byMonth).toMatchObject({
        columns: [
          { name: 'id', type: 'bigint' },
          { name: 'month', type: 'varchar' },
        ],
        rows: [],
      })
      expect(await rows('select count(*), sum(id) from suite_cleaned.empty_by_month')).toEqual([[0, null]])
    })

    it("shows a view's target, under any spelling of the name", async () => {
      expect(await rows('select count(*) from suite_curated.dim_kind')).toEqual([[3]])
      expect(
        await rows('select count(*) from "AwsDataCatalog"."suite_curated"."dim_kind" as d where d.id > 1'),
      ).toEqual([[2]])
      expect(await rows('SELECT Count(*) FROM SUITE_CURATED.Dim_Kind')).toEqual([[3]])
    })

    it('joins, nests and names common tables', async () => {
      const sql = `with kinds as (select * from suite_cleaned.kinds), big as (select id from kinds where big is not null)
        select k.name, (select max(month) from suite_cleaned.events e where e.id = k.id)
        from kinds k join big on big.id = k.id order by k.id -- the end`
      expect(await rows(sql)).toEqual([
        ['São "Paulo"', 'm000'],
        ['later', 'm000'],
      ])
    })

    it('names columns that have no name by their position', async () => {
      const { columns } = await run('select count(*), max(id) as top, 1 from suite_cleaned.kinds')
      expect(columns.map((column) => column.name)).toEqual(['_col0', 'top', '_col2'])
    })

    it.each([
      ['select * from suite_cleaned.nothing', /nothing/],
      ['select * from nobody_cleaned.kinds', /nobody_cleaned/],
      ['select nothing from suite_cleaned.kinds', /nothing/],
      ['select no_such_function(1)', /no_such_function/i],
      ['selec 1', /./],
      ['select 1 / 0', /division by zero/i],
      [`select cast('x' as integer)`, /x/],
    ])('blames the user for %s', async (sql, reason) => {
      const error = await failure(sql)
      expect(error.kind).toBe('user')
      expect(error.message).toMatch(reason)
      expect(error.message).not.toContain('\n')
    })

    it('creates a table from a select, registers it, and reads it back', async () => {
      const location = driver.store.locate('curated/suite/plain__r1_1/')
      await run(
        createTableAs({
          table: 'plain__r1_1',
          location,
          select: `select *, sum(id) over () as total, sum(price) over () as price_total, count(*) over () as n,
            date_diff('day', date '2017-12-31', day) as days, 'x' || name as label from suite_cleaned.kinds`,
        }),
      )
      const table = (await driver.catalog.show('suite'))?.tables.find((each) => each.name === 'plain__r1_1')
      expect(table).toMatchObject({ database: 'suite_build', name: 'plain__r1_1' })
      expect(table?.partitionColumn).toBeUndefined()
      expect(table?.columns).toEqual([
        ...kindsTable.columns,
        { name: 'total', type: { kind: 'bigint' } },
        { name: 'price_total', type: { kind: 'decimal', precision: 38, scale: 2 } },
        { name: 'n', type: { kind: 'bigint' } },
        { name: 'days', type: { kind: 'bigint' } },
        { name: 'label', type: { kind: 'text' } },
      ])
      expect(await rows('select * from suite_build.plain__r1_1 where id <> 2 order by id')).toEqual([
        [
          1,
          'São "Paulo"',
          '9007199254740993',
          0.5,
          '12.30',
          '2018-01-02T03:04:05.678Z',
          '2018-01-02',
          true,
          null,
        ].concat([6, '12.25', 3, 2, 'xSão "Paulo"'] as never[]),
        [
          3,
          'later',
          7,
          -1.25,
          '-0.05',
          '1969-12-31T23:59:59.999Z',
          '1969-12-31',
          false,
          'only in the second file',
        ].concat([6, '12.25', 3, -17532, 'xlater'] as never[]),
      ])
    })

    it('creates a partitioned table, each partition in its folder', async () => {
      const select = `select id, case when id < 500 then 'low' else 'high' end as half from suite_cleaned.events`
      const location = driver.store.locate('curated/suite/halves__r1_1/')
      await run(createTableAs({ table: 'halves__r1_1', location, partition: 'half', select }))
      const table = (await driver.catalog.show('suite'))?.tables.find((each) => each.name === 'halves__r1_1')
      expect(table?.partitionColumn).toBe('half')
      expect(table?.columns).toEqual([{ name: 'id', type: { kind: 'bigint' } }])
      const folders = new Map<string, string[]>()
      for await (const { key } of driver.store.list('curated/suite/halves__r1_1/')) {
        const folder = key.slice(0, key.lastIndexOf('/') + 1)
        folders.set(folder, [...(folders.get(folder) ?? []), key])
      }
      expect([...folders.keys()]).toEqual([
        'curated/suite/halves__r1_1/half=high/',
        'curated/suite/halves__r1_1/half=low/',
      ])
      if (driver.showsCreated)
        expect(table?.partitions).toMatchObject(
          [...folders].map(([location, files], i) => ({ value: ['high', 'low'][i], location, files })),
        )
      expect(
        await rows('select half, count(*), min(id) from suite_build.halves__r1_1 group by half order by half'),
      ).toEqual([
        ['high', 500, 500],
        ['low', 500, 0],
      ])
    })

    it('creates a table from an empty result', async () => {
      for (const partition of [undefined, 'month'] as const) {
        const table = partition ? 'none_by_month__r1_1' : 'none__r1_1'
        const location = driver.store.locate(`curated/suite/${table}/`)
        const select = 'select id, month from suite_cleaned.events where id < 0'
        await run(createTableAs({ table, location, select, ...(partition ? { partition } : {}) }))
        const result = await run(`select * from suite_build.${table}`)
        expect(result).toMatchObject({
          columns: [
            { name: 'id', type: 'bigint' },
            { name: 'month', type: 'varchar' },
          ],
          rows: [],
        })
      }
    })

    it('writes a hundred partitions in one statement, and refuses one more', async () => {
      const statement = (table: string, count: number) =>
        createTableAs({
          table,
          location: driver.store.locate(`curated/suite/${table}/`),
          partition: 'month',
          select: `select id, month from suite_cleaned.events where month < 'm${String(count).padStart(3, '0')}'`,
        })
      await run(statement('hundred__r1_1', 100))
      expect(await rows('select count(distinct month), count(*) from suite_build.hundred__r1_1')).toEqual([[100, 400]])
      const error = await failure(statement('more__r1_1', 101))
      expect(error).toMatchObject({ kind: 'user', message: expect.stringContaining('HIVE_TOO_MANY_OPEN_PARTITIONS') })
    })

    it('refuses to create a table where objects are, or under a name that is taken', async () => {
      await driver.store.put('curated/suite/taken/left-over', new Uint8Array([1]))
      const location = driver.store.locate('curated/suite/taken/')
      const error = await failure(createTableAs({ table: 'taken__r1_1', location, select: 'select 1 as x' }))
      expect(error).toMatchObject({ kind: 'user', message: expect.stringContaining('HIVE_PATH_ALREADY_EXISTS') })
      const first = { table: 'twice__r1_1', select: 'select 1 as x' }
      await run(createTableAs({ ...first, location: driver.store.locate('curated/suite/twice1/') }))
      const again = await failure(createTableAs({ ...first, location: driver.store.locate('curated/suite/twice2/') }))
      expect(again).toMatchObject({ kind: 'user', message: expect.stringMatching(/exists/i) })
    })

    it('refuses a table whose partition column is not the last, or whose columns have no name', async () => {
      const location = driver.store.locate('curated/suite/refused/')
      const first = await failure(
        createTableAs({ table: 'refused1', location, partition: 'p', select: `select 'a' as p, 1 as x` }),
      )
      expect(first.kind).toBe('user')
      const second = await failure(createTableAs({ table: 'refused2', location, select: 'select 1' }))
      expect(second.kind).toBe('user')
    })

    it('stops when its signal is aborted, before and during the work', async () => {
      await expect(run('select 1', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
      const endless = `select count(*) from suite_cleaned.events a, suite_cleaned.events b, suite_cleaned.events c, suite_cleaned.events d
        where sqrt(a.id * 1e0 + b.id + c.id + d.id) > 3`
      await expect(run(endless, AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'TimeoutError' })
      expect(await rows('select 1')).toEqual([[1]])
    })

    it('runs many statements at once, tables being created among them', async () => {
      const create = [0, 1, 2].map((i) => {
        const table = `busy${i}__r1_1`
        const select = `select id, month as m from suite_cleaned.events where id % 3 = ${i}`
        return run(createTableAs({ table, location: driver.store.locate(`curated/suite/${table}/`), select }))
      })
      const read = Array.from({ length: 15 }, (_, i) =>
        rows(
          `select count(*) from suite_cleaned.events where month = 'm${String(i).padStart(3, '0')}' and id >= ${i * 4 + 1}`,
        ),
      )
      expect(await Promise.all(read)).toEqual(Array.from({ length: 15 }, () => [[3]]))
      await Promise.all(create)
      for (const i of [0, 1, 2])
        expect(await rows(`select count(*), min(id) from suite_build.busy${i}__r1_1`)).toEqual([
          [i === 0 ? 334 : 333, i],
        ])
    })

    describeDialect(() => driver)
  })
}

/** The text that the models package renders. */
function createTableAs(options: { table: string; location: string; partition?: string; select: string }): string {
  const { table, location, partition, select } = options
  const partitioned = partition ? `, partitioned_by = ARRAY['${partition}']` : ''
  return `CREATE TABLE "suite_build"."${table}" WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = '${location.replaceAll("'", "''")}'${partitioned}) AS\n${select}`
}
