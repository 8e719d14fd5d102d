import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Dialect, parse, transpile } from '@droplake/lake/polyglot'
import { describe, expect, test } from 'vitest'
import { renderAudits } from '../audits.ts'
import { layers } from '../dag.ts'
import { loadModels } from '../load-models.ts'
import { openModelLake, plainNames, sqlFolder } from '../testing/model-lake.ts'

const folder = sqlFolder('olist')
const sqlIn = (path: string) => readdirSync(path).filter((name) => name.endsWith('.sql'))
const models = sqlIn(folder)
const files = [...models, ...sqlIn(join(folder, 'queries')).map((name) => `queries/${name}`)]

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  test('is short, lower case, and ends in the last step', () => {
    const lines = text.trimEnd().split('\n')
    const select = text.slice(text.indexOf('*/') + 2).trim()
    expect(lines.length).toBeLessThanOrEqual(80)
    expect(lines.filter((line) => line.length > 120)).toEqual([])
    expect(select).toBe(select.toLowerCase())
    if (!file.startsWith('queries/')) expect(lines.at(-1)).toBe('select * from final')
  })

  test('is one text for Athena, Trino and, translated without loss, DuckDB', () => {
    for (const dialect of [Dialect.Athena, Dialect.Trino]) {
      expect(parse(text, dialect).error ?? null).toBeNull()
      expect(transpile(text, dialect, Dialect.DuckDB, { unsupportedLevel: 'raise' }).error ?? null).toBeNull()
    }
  })
})

test('dimensions come before the facts that name them, and marts last', async () => {
  expect(layers(await loadModels(folder))).toEqual([
    ['dim_customer', 'dim_person', 'dim_product'],
    ['fact_orders'],
    ['fact_events', 'fact_order_items', 'fact_payments', 'fact_reviews'],
    ['mart_category_performance'],
  ])
})

test('over empty tables every model is empty, has its documented columns, and its audits pass', async () => {
  const lake = await openModelLake('olist', {})
  await lake.build()
  const types: Record<string, string> = {}
  for (const model of lake.models) {
    const described = await lake.duck.run(`describe curated.${model.name}`)
    expect(described.map(([name]) => name)).toEqual(model.columns.map((column) => column.name))
    for (const [name, type] of described) if (type !== 'VARCHAR') types[`${model.name}.${name}`] = String(type)
    const { sql } = renderAudits({ model, table: plainNames('curated', model.name), names: plainNames })
    expect((await lake.duck.athena(sql))[0]?.map(Number).every((count) => count === 0)).toBe(true)
  }
  lake.duck.close()
  expect(types).toMatchInlineSnapshot(`
    {
      "dim_person.first_order_at": "TIMESTAMP",
      "dim_person.last_order_at": "TIMESTAMP",
      "dim_person.orders": "BIGINT",
      "dim_product.product_height_cm": "INTEGER",
      "dim_product.product_length_cm": "INTEGER",
      "dim_product.product_photos_qty": "INTEGER",
      "dim_product.product_weight_g": "INTEGER",
      "dim_product.product_width_cm": "INTEGER",
      "fact_events.event_date": "DATE",
      "fact_events.event_ts": "TIMESTAMP",
      "fact_events.is_authenticated": "INTEGER",
      "fact_order_items.freight_value": "DECIMAL(10,2)",
      "fact_order_items.order_date": "DATE",
      "fact_order_items.order_item_id": "INTEGER",
      "fact_order_items.price": "DECIMAL(10,2)",
      "fact_orders.freight_value": "DECIMAL(18,2)",
      "fact_orders.items": "BIGINT",
      "fact_orders.items_value": "DECIMAL(18,2)",
      "fact_orders.order_approved_at": "TIMESTAMP",
      "fact_orders.order_date": "DATE",
      "fact_orders.order_delivered_carrier_date": "TIMESTAMP",
      "fact_orders.order_delivered_customer_date": "TIMESTAMP",
      "fact_orders.order_estimated_delivery_date": "TIMESTAMP",
      "fact_orders.order_purchase_timestamp": "TIMESTAMP",
      "fact_orders.payment_value": "DECIMAL(18,2)",
      "fact_payments.order_date": "DATE",
      "fact_payments.payment_installments": "INTEGER",
      "fact_payments.payment_sequential": "INTEGER",
      "fact_payments.payment_value": "DECIMAL(10,2)",
      "fact_reviews.answered": "TIMESTAMP",
      "fact_reviews.created": "TIMESTAMP",
      "fact_reviews.has_comment": "BOOLEAN",
      "fact_reviews.hours_to_answer": "DECIMAL(10,2)",
      "fact_reviews.score": "INTEGER",
      "mart_category_performance.freight": "DECIMAL(18,2)",
      "mart_category_performance.gross_revenue": "DECIMAL(18,2)",
      "mart_category_performance.orders": "BIGINT",
      "mart_category_performance.revenue": "DECIMAL(18,2)",
      "mart_category_performance.share_pct": "DECIMAL(5,2)",
      "mart_category_performance.units": "BIGINT",
    }
  `)
})
