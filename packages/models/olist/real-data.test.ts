import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { expect, type TestContext, test } from 'vitest'
import { judgeAudits, renderAudits } from '../audits.ts'
import { judgeQuality, renderQuality } from '../quality.ts'
import { quoteName, quoteText } from '../quote.ts'
import { cleanedColumns, type ModelLake, openModelLake, plainNames } from '../testing/model-lake.ts'

/** The public files as DuckDB reads them; a stand-in for the pipeline's cleaning, good enough for their figures. */
async function openRealLake(context: TestContext): Promise<ModelLake> {
  const root = process.env.DROPLAKE_REAL_DATA
  if (!root) return context.skip('DROPLAKE_REAL_DATA is not set: it names the folder that holds olist-15k')
  const lake = await openModelLake('olist', {})
  for (const table of Object.values(builtIn.olist!.tables)) {
    if (table.name === 'olist_clickstream_events') continue
    const values = cleanedColumns(table).map(([name, column]) => {
      if (column.derived) return `cast(${quoteName(column.derived.from)} as date)`
      if (table.partition?.name === name) return `substr(${quoteName(table.partition.of)}, 1, 7)`
      if (name.startsWith('_')) return column.type.kind === 'timestamp' ? 'now()::timestamp' : '0'
      const header = quoteName(column.header ?? name)
      return column.type.kind === 'int' ? `cast(cast(${header} as double) as integer)` : header
    })
    const file = join(root, 'olist-15k', table.files.replaceAll('*', ''))
    const read = `read_csv(${quoteText(file)}, all_varchar = true, header = true, quote = '"', escape = '"')`
    await lake.duck.run(
      `insert into cleaned.${quoteName(table.name)} select distinct ${values.join(', ')} from ${read}`,
    )
  }
  await lake.build()
  return lake
}

test('the figures of the public extract come out', async (context) => {
  const lake = await openRealLake(context)
  const [sums] = await lake.rows(
    'select sum(revenue) as net, sum(gross_revenue) as gross from curated.mart_category_performance',
  )
  expect(sums).toEqual({ net: '2016982.65', gross: '2030270.94' })
  const counts =
    'select (select count(*) from curated.fact_order_items) as items, count(*) as persons from curated.dim_person'
  expect(await lake.rows(counts)).toEqual([{ items: '17071', persons: '14904' }])
  expect((await lake.query('top-categories-by-revenue')).slice(0, 3)).toEqual([
    { product_category_name: 'beleza_saude', revenue: '190205.60' },
    { product_category_name: 'relogios_presentes', revenue: '179635.99' },
    { product_category_name: 'esporte_lazer', revenue: '151060.04' },
  ])
  lake.duck.close()
})

test('its audits and error rules pass', async (context) => {
  const lake = await openRealLake(context)
  const failed: string[] = []
  for (const model of lake.models) {
    const { sql, rules } = renderAudits({ model, table: plainNames('curated', model.name), names: plainNames })
    const row = (await lake.duck.athena(sql))[0]!.map(Number)
    failed.push(...judgeAudits({ rules, row }).results.flatMap((result) => (result.failing ? [result.rule] : [])))
  }
  for (const table of Object.values(builtIn.olist!.tables)) {
    const { sql, rules } = renderQuality(table, plainNames('cleaned', table.name))
    const results = judgeQuality(rules, (await lake.duck.athena(sql))[0]!.map(Number))
    failed.push(...results.flatMap((result) => (result.failing && result.severity === 'error' ? [result.rule] : [])))
  }
  expect(failed).toEqual([])
  lake.duck.close()
})
