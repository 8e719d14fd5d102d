import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtIn } from '@droplake/contracts/registry'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadModels, loadQueries, readModels, readQueries } from './load-models.ts'
import { sqlFolder } from './testing/model-lake.ts'

const dataset = { name: 'olist', tables: builtIn.olist!.tables }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'droplake-models-'))
})
afterEach(() => rm(folder, { recursive: true }))

const good = {
  head: 'A test.\nGrain: one order.\nmaterialization: incremental\npartition: order_month\n',
  audits: 'audits:\n  unique(order_id)\n',
  columns: 'columns:\n  order_id: order\n  order_month: month\n',
  select: 'with\nfinal as (select order_id, order_month from cleaned.orders)\nselect * from final\n',
}
const text = (parts: Partial<typeof good> = {}) => {
  const { head, audits, columns, select } = { ...good, ...parts }
  return `/*\n${head}${audits}${columns}*/\n${select}`
}
const load = async (files: Record<string, string>) => {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return loadModels(folder, { dataset })
}
const one = async (parts: Partial<typeof good>) => (await load({ 'fact_test.sql': text(parts) }))[0]!

describe('a model file', () => {
  test('gives the header, the select and the tables that its syntax tree reads', async () => {
    const select = [
      'with',
      'orders as (select * from cleaned.orders), -- not cleaned.sellers',
      'final as (',
      "  select o.order_id, coalesce('cleaned.products', ';') as order_month from orders as o",
      '  where exists (select 1 from "cleaned"."order_items" as i where i.order_id = o.order_id)',
      '    and o.customer_id in (select customer_id from enriched.customers)',
      ')',
      'select * from final',
    ].join('\n')
    const model = await one({ select })
    expect(model).toMatchObject({
      dataset: 'olist',
      name: 'fact_test',
      description: 'A test. Grain: one order.',
      grain: 'one order',
      materialization: 'incremental',
      partitionColumn: 'order_month',
      audits: [{ name: 'unique(order_id)', kind: 'unique', severity: 'error', columns: ['order_id'] }],
      columns: [
        { name: 'order_id', description: 'order' },
        { name: 'order_month', description: 'month' },
      ],
      inputs: [
        { zone: 'cleaned', name: 'order_items' },
        { zone: 'cleaned', name: 'orders' },
        { zone: 'enriched', name: 'customers' },
      ],
      select,
    })
  })

  test('takes every audit, with the usual or the stated severity', async () => {
    const audits = [
      'audits:',
      '  unique(order_id, order_month) warn',
      '  not_null(order_id, order_month)',
      '  relationships order_id -> curated.fact_test.order_id error',
      '  relationships order_id -> curated.fact_test.order_month',
      '  no_fall(12.5%)',
      '',
    ].join('\n')
    expect((await one({ audits })).audits.map(({ name, severity }) => [name, severity])).toEqual([
      ['unique(order_id, order_month)', 'warn'],
      ['not_null(order_id)', 'error'],
      ['not_null(order_month)', 'error'],
      ['relationships(order_id -> fact_test.order_id)', 'error'],
      ['relationships(order_id -> fact_test.order_month)', 'warn'],
      ['no_fall(12.5%)', 'error'],
    ])
  })

  test('keeps its hash when words, comments and layout change, and gets another one from anything else', async () => {
    const { sqlHash } = await one({})
    const same = {
      head: good.head.replace('A test', 'Another'),
      select: `${good.select.replaceAll('\n', '\n\n')}-- end`,
    }
    expect((await one(same)).sqlHash).toBe(sqlHash)
    const others = [
      { head: good.head.replace('incremental', 'table') },
      { audits: '' },
      { select: good.select.replace('cleaned.orders', "cleaned.orders where order_status = 'a b'") },
      { select: good.select.replace('cleaned.orders', "cleaned.orders where order_status = 'a  b'") },
    ]
    const hashes = [sqlHash]
    for (const other of others) hashes.push((await one(other)).sqlHash)
    expect(new Set(hashes).size).toBe(5)
  })
})

describe('a mistake is named with its file', () => {
  const cases: [string, Partial<typeof good>, string][] = [
    ['unknown header key', { audits: 'tags: x\n' }, 'line 6: unknown header key, got tags'],
    ['unknown audit', { audits: 'audits:\n  positive(order_id)\n' }, 'line 7: unknown audit, got positive(order_id)'],
    ['unknown materialization', { head: good.head.replace('incremental', 'once') }, 'got once'],
    ['no grain', { head: good.head.replace('Grain: one order.\n', '') }, 'no grain'],
    ['no materialization', { head: good.head.replace('materialization: incremental\n', '') }, 'no materialization'],
    ['incremental without partition', { head: good.head.replace('partition: order_month\n', '') }, 'needs a partition'],
    [
      'partition column not last',
      {
        columns: 'columns:\n  order_month: month\n  order_id: order\n',
        select: good.select.replace('order_id, order_month', 'order_month, order_id'),
      },
      'partition column order_month must be the last column, got order_id',
    ],
    ['unknown partition column', { head: good.head.replace('order_month', 'month') }, 'partition column month must be'],
    ['undocumented column', { columns: 'columns:\n  order_id: order\n' }, 'column 2 is order_month, and columns: says'],
    [
      'column that is not there',
      { columns: `${good.columns}  more: x\n` },
      'column 3 is nothing, and columns: says more',
    ],
    ['syntax', { select: 'with\nfinal as (\n  select order_id,\n  from from x)\nselect 1' }, 'line 15: Parse error'],
    ['unclosed', { select: 'with final as (select 1' }, 'Parse error'],
    ['unknown zone', { select: good.select.replace('cleaned', 'raw') }, 'line 13: tables are named cleaned.…'],
    ['catalog', { select: good.select.replace('cleaned', 'x.cleaned') }, 'got cleaned.orders'],
    ['table without zone', { select: good.select.replace('cleaned.orders', 'orders') }, 'no CTE orders'],
    ['no such contract', { select: good.select.replace('.orders', '.ordrs') }, 'no contract of olist is named ordrs'],
    ['no such model', { select: good.select.replace('cleaned', 'curated') }, 'no model of olist is named orders'],
    ['a prototype name', { select: good.select.replace('.orders', '.constructor') }, 'no contract of olist'],
    ['semicolon', { select: `${good.select};` }, 'line 15: one select without a semicolon'],
    ['two statements', { select: 'select 1; select 2' }, 'one select without a semicolon'],
    ['no select', { select: 'drop table cleaned.orders' }, 'one select is expected, got drop_table'],
    ['star over a table', { select: 'select * from cleaned.orders' }, 'output column 1 has no name'],
    [
      'column by its table',
      { select: good.select.replace('select order_id', 'select cleaned.orders.order_id') },
      'cleaned.orders stands where no table is read',
    ],
    [
      'audit of no column',
      { audits: 'audits:\n  not_null(oder_id)\n' },
      'column oder_id, which fact_test does not have',
    ],
    [
      'audit of no model',
      { audits: 'audits:\n  relationships order_id -> curated.dim.x\n' },
      'curated.dim, which is no model',
    ],
  ]
  test.each(cases)('%s', async (_, parts, message) => {
    const error = await one(parts).catch((caught: Error) => caught.message)
    expect(error).toContain('models: olist/fact_test.sql')
    expect(error).toContain(message)
  })

  test('no header', async () => {
    await expect(load({ 'fact_test.sql': good.select })).rejects.toThrow('olist/fact_test.sql line 1: no header')
  })

  test('a circle of models', async () => {
    const reads = (name: string) => text({ select: good.select.replace('cleaned.orders', `curated.${name}`) })
    const files = { 'a.sql': reads('b'), 'b.sql': reads('c'), 'c.sql': reads('a') }
    await expect(load(files)).rejects.toThrow('a circle, got a -> b -> c -> a')
  })

  test('a folder without a dataset', async () => {
    await expect(loadModels(join(folder, 'nothing'))).rejects.toThrow("no dataset has this folder's name")
  })
})

describe('saved queries', () => {
  test('need columns and no grain, and see the models', async () => {
    await load({ 'fact_test.sql': text() })
    await mkdir(join(folder, 'queries'))
    const query = '/*\nAll.\ncolumns:\n  n: rows\n*/\nselect count(*) as n from curated.fact_test\norder by n\n'
    await writeFile(join(folder, 'queries', 'how-many.sql'), query)
    expect(await loadQueries(folder, { dataset })).toEqual([
      {
        dataset: 'olist',
        name: 'how-many',
        description: 'All.',
        columns: [{ name: 'n', description: 'rows' }],
        select: 'select count(*) as n from curated.fact_test\norder by n',
        references: [{ zone: 'curated', name: 'fact_test', start: 26, end: 43, aliased: false }],
        inputs: [{ zone: 'curated', name: 'fact_test' }],
      },
    ])
  })

  test('are none where the folder is missing', async () => {
    expect(await loadQueries(folder, { dataset })).toEqual([])
  })

  test('of olist are the three of its source', async () => {
    expect((await loadQueries(sqlFolder('olist'))).map((query) => query.name)).toEqual([
      'conversion-by-traffic-source',
      'funnel-analysis',
      'top-categories-by-revenue',
    ])
  })
})

describe('a broken file', () => {
  const reading = (table: string) => ({
    head: 'A test.\nGrain: one order.\nmaterialization: table\n',
    audits: '',
    columns: 'columns:\n  order_id: order\n',
    select: `with\norders as (select * from ${table}),\nfinal as (select order_id from orders)\nselect * from final\n`,
  })
  const readAll = async (files: Record<string, string>, outOfService = {}) => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
    const { models, broken } = await readModels(folder, { dataset: { ...dataset, outOfService } })
    return { good: models.map(({ name }) => name), broken }
  }

  test('fails alone, with its line, and holds what reads it, however far away', async () => {
    const { good, broken } = await readAll({
      'fact_bad.sql': text({ ...reading('cleaned.orders'), select: 'select order_id\nform cleaned.orders o p\n' }),
      'mart_first.sql': text(reading('curated.fact_bad')),
      'mart_second.sql': text(reading('curated.mart_first')),
      'fact_good.sql': text(reading('cleaned.orders')),
      'header.sql': text({ ...reading('cleaned.orders'), head: 'A test.\nGrain: one.\nmaterialisation: table\n' }),
    })
    expect(good).toEqual(['fact_good'])
    expect(broken).toEqual([
      { name: 'fact_bad', status: 'failed', error: expect.stringMatching(/^models: olist\/fact_bad.sql line 9: /) },
      {
        name: 'header',
        status: 'failed',
        error: expect.stringMatching(/^models: olist\/header.sql line 4: unknown header key/),
      },
      {
        name: 'mart_first',
        status: 'held',
        error: expect.stringMatching(
          /^it reads curated.fact_bad, which cannot be built: models: olist\/fact_bad.sql line 9: /,
        ),
      },
      {
        name: 'mart_second',
        status: 'held',
        error: expect.stringMatching(/^it reads curated.mart_first, and it reads curated.fact_bad/),
      },
    ])
  })

  test('of a circle fails with the line that closes it; what only reads the circle is held', async () => {
    const { good, broken } = await readAll({
      'a.sql': text(reading('curated.b')),
      'b.sql': text(reading('curated.a')),
      'c.sql': text(reading('curated.a')),
      'd.sql': text(reading('cleaned.orders')),
    })
    expect(good).toEqual(['d'])
    expect(broken.map(({ name, status }) => [name, status])).toEqual([
      ['a', 'failed'],
      ['b', 'failed'],
      ['c', 'held'],
    ])
    expect(broken[0]?.error).toBe('models: olist/a.sql line 9: a circle, got a -> b -> a; break it')
  })

  test('is not the one that reads a table which is out of service', async () => {
    const { good, broken } = await readAll(
      { 'fact_returns.sql': text(reading('cleaned.returns')), 'fact_items.sql': text(reading('enriched.order_items')) },
      { 'cleaned.returns': 'returns.ts:8: no', 'enriched.order_items': 'it looks up returns' },
    )
    expect(good).toEqual([])
    expect(broken).toEqual([
      {
        name: 'fact_items',
        status: 'held',
        error: 'it reads enriched.order_items, which is out of service: it looks up returns',
      },
      {
        name: 'fact_returns',
        status: 'held',
        error: 'it reads cleaned.returns, which is out of service: returns.ts:8: no',
      },
    ])
  })

  test('names the table that is meant', async () => {
    const { broken } = await readAll({ 'fact_test.sql': text(reading('cleaned.order')) })
    expect(broken[0]?.error).toContain('no contract of olist is named order, got cleaned.order; did you mean orders?')
  })

  test('among saved queries leaves the others to be asked, whatever the models are', async () => {
    await mkdir(join(folder, 'queries'))
    const query = (table: string) => `/*\nA query.\ncolumns:\n  order_id: order\n*/\nselect order_id from ${table}\n`
    await writeFile(join(folder, 'fact.sql'), 'no SQL at all')
    await writeFile(join(folder, 'queries', 'good.sql'), query('curated.fact'))
    await writeFile(join(folder, 'queries', 'bad.sql'), query('curated.fcat'))
    const { queries, broken } = await readQueries(folder, { dataset })
    expect(queries.map(({ name }) => name)).toEqual(['good'])
    expect(broken).toEqual([{ name: 'bad', status: 'failed', error: expect.stringContaining('did you mean fact?') }])
  })
})
