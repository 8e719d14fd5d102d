import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { CatalogState, CatalogTable } from '@droplake/lake/catalog'
import type { QueryResult } from '@droplake/lake/query-engine'
import { drop } from '@droplake/local/drop'
import { sqlFolder } from '@droplake/local/load-datasets'
import { renderAudits } from '@droplake/models/audits'
import { layers } from '@droplake/models/dag'
import { loadModels, loadQueries } from '@droplake/models/load-models'
import type { Model, Query, ResolveName } from '@droplake/models/model'
import { renderQuality } from '@droplake/models/quality'
import { qualifiedName } from '@droplake/models/quote'
import {
  partitionValues,
  renderCreateTableAs,
  renderPartitionValues,
  renderSelect,
  tableBatches,
} from '@droplake/models/render'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtPartitions } from '../../services/models/built-partitions.ts'
import { openOlist } from '../e2e/olist.ts'
import type { OpenLake } from '../e2e/shop.ts'
import { type AwsDrivers, awsDrivers } from './drivers.ts'

/** Files of each dataset that ships, small. */
const generate: Record<string, (folder: string) => Promise<unknown>> = {
  olist: (folder) => generateOlistWithClickstream(folder, { seed: 7, orders: 80, defects: 0.05 }),
}
const databasePrefix = 'droplake_models_'

test('every dataset that ships is compared', () => {
  expect(Object.keys(generate)).toEqual(Object.keys(builtIn))
})

describe.each(Object.values(builtIn))('$name on Athena and on the laptop', ({ name: dataset, tables }) => {
  const found = loadModels(join(sqlFolder, dataset), { dataset: builtIn[dataset]! })
  let folder: string
  let laptop: OpenLake
  let aws: AwsDrivers
  let shown: CatalogState
  let models: Model[]
  let queries: Query[]

  const of = (zone: string) => `${databasePrefix}${dataset}_${zone}`
  /** Model → table of the build database. */
  const versions = new Map<string, string>()
  const inBuild: ResolveName = (zone, name) =>
    zone === 'curated' ? qualifiedName(of('build'), versions.get(name) ?? name) : qualifiedName(of(zone), name)
  const asPublished: ResolveName = (zone, name) => qualifiedName(of(zone), name)
  const onLaptop: ResolveName = (zone, name) => qualifiedName(`${dataset}_${zone}`, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'droplake-models-'))
    await generate[dataset]!(join(folder, 'generated'))
    laptop = await openOlist(folder)
    const [run] = (await drop(laptop, { paths: [join(folder, 'generated')] })).runs
    expect(run?.status).toBe('published')
    aws = await awsDrivers({ bucket: 'models-suite', datasets: [dataset], databasePrefix })
    for (const zone of ['cleaned', 'enriched'])
      for await (const { key } of laptop.fx.store.list(`${zone}/${dataset}/`))
        await aws.store.put(key, await laptop.fx.store.read(key))
    shown = (await laptop.fx.catalog.show(dataset))!
    models = await found
    queries = await loadQueries(join(sqlFolder, dataset), { dataset: builtIn[dataset]! })
    await follow([])
  })
  afterAll(async () => {
    await aws?.engine.close()
    await aws?.close()
    await laptop?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function follow(views: CatalogState['views']): Promise<void> {
    const cleaned = shown.tables.filter(({ database }) => !database.endsWith('_build'))
    const named = cleaned.map((table): CatalogTable => ({ ...table, database: databasePrefix + table.database }))
    await aws.catalog.follow({ dataset, seq: views.length, tables: named, views })
  }

  /** As the models service does it: the statements, then the version out of what they wrote. */
  async function build(model: Model): Promise<void> {
    const { partitionColumn } = model
    const select = renderSelect(model, inBuild)
    const values = partitionColumn && (await aws.engine.run(renderPartitionValues(select, partitionColumn))).rows
    const partitions = values && partitionValues(values)
    const table = `${model.name}__r1_1`
    const batch = { table: `${table}_new`, location: `curated/${dataset}/${model.name}/R-1/1/` }
    const into = { ...(partitions ? { partitions } : {}), ...(partitionColumn ? { partitionColumn } : {}) }
    const location = aws.store.locate(batch.location)
    const statements = renderCreateTableAs({ ...batch, ...into, location, database: of('build'), select })
    for (const statement of statements) expect(await aws.engine.run(statement)).toMatchObject({ rows: [] })
    const fx = { ...laptop.fx, ...aws, settings: { ...laptop.fx.settings, databasePrefix } }
    const built: Awaited<ReturnType<typeof builtPartitions>> = {}
    for (const one of tableBatches({ ...batch, ...(partitions ? { partitions } : {}) }))
      Object.assign(built, await builtPartitions(fx, { dataset, batch: one, partitionColumn }))
    const created = (await aws.catalog.show(dataset))?.tables.find(({ name }) => name.startsWith(batch.table))
    await aws.catalog.register(dataset, {
      database: of('build'),
      name: table,
      description: model.description,
      columns: created?.columns ?? [],
      ...(partitionColumn ? { partitionColumn } : {}),
      partitions: Object.entries(built).map(([value, partition]) => ({ value, ...partition })),
    })
    versions.set(model.name, table)
  }

  /** Columns and rows; a table has no order. */
  const sorted = ({ columns, rows }: QueryResult) => ({
    columns,
    rows: rows.map((row) => JSON.stringify(row)).sort(),
  })

  test('the cleaned and enriched tables hold the same', async () => {
    for (const { database, name } of shown.tables.filter((table) => !table.database.endsWith('_build'))) {
      const there = await aws.engine.run(`select * from ${qualifiedName(databasePrefix + database, name)}`)
      const here = await laptop.fx.engine.run(`select * from ${qualifiedName(database, name)}`)
      expect(sorted(there), `${database}.${name}`).toEqual(sorted(here))
    }
  })

  test('the quality rules count the same', async () => {
    for (const table of Object.values(tables)) {
      const there = await aws.engine.run(renderQuality(table, asPublished('cleaned', table.name)).sql)
      const here = await laptop.fx.engine.run(renderQuality(table, onLaptop('cleaned', table.name)).sql)
      expect(there.rows, table.name).toEqual(here.rows)
    }
  })

  test('every model builds the same table, and its audits count the same', async () => {
    for (const name of layers(models).flat()) {
      const model = models.find((one) => one.name === name)!
      await build(model)
      const there = await aws.engine.run(`select * from ${inBuild('curated', name)}`)
      const here = await laptop.fx.engine.run(`select * from ${onLaptop('curated', name)}`)
      expect(here.rows.length, name).toBeGreaterThan(0)
      expect(sorted(there), name).toEqual(sorted(here))
      const auditsThere = renderAudits({ model, table: inBuild('curated', name), names: inBuild })
      const auditsHere = renderAudits({ model, table: onLaptop('curated', name), names: onLaptop })
      expect((await aws.engine.run(auditsThere.sql)).rows, name).toEqual(
        (await laptop.fx.engine.run(auditsHere.sql)).rows,
      )
    }
  })

  test('published, the saved queries answer the same in the same order', async () => {
    const views = [...versions].map(([name, table]) => ({
      database: of('curated'),
      name,
      target: { database: of('build'), name: table },
      seq: 1,
    }))
    await follow(views)
    for (const { name } of models) {
      const { rows } = await aws.engine.run(`select * from ${asPublished('curated', name)}`)
      const here = await laptop.fx.engine.run(`select * from ${onLaptop('curated', name)}`)
      expect(rows.length, name).toBe(here.rows.length)
    }
    expect(queries.length).toBeGreaterThan(0)
    for (const query of queries) {
      const there = await aws.engine.run(renderSelect(query, asPublished))
      const here = await laptop.fx.engine.run(renderSelect(query, onLaptop))
      expect(there.columns, query.name).toEqual(here.columns)
      expect(there.rows, query.name).toEqual(here.rows)
    }
  })
})
