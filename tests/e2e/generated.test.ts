import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { Reason } from '@droplake/generator/tally'
import { drop } from '@droplake/local/drop'
import type { Lake } from '@droplake/local/lake'
import { quarantineGroups } from '@droplake/local/quarantine'
import { expect, test } from 'vitest'
import { noModels, openOlist, row } from './olist.ts'
import { onlyRun, temporaryFolder } from './shop.ts'

type Reasons = Record<string, Partial<Record<Reason, number>>>

async function reasonsIn(lake: Lake): Promise<Reasons> {
  const found: Record<string, Record<string, number>> = {}
  for (const { table, reason, count } of await quarantineGroups(lake, 'olist')) {
    const of = found[table] ?? {}
    found[table] = { ...of, [reason]: (of[reason] ?? 0) + count }
  }
  return found
}

/** Drops a generated folder; the report's counts and the quarantine must be the generator's own. */
async function compare(path: string, options: { seed: number; models: boolean }) {
  const generated = join(path, 'generated')
  const tally = await generateOlistWithClickstream(generated, { seed: options.seed, orders: 60, defects: 0.12 })
  const lake = await openOlist(path, options.models ? {} : { sqlFolders: noModels(path) })
  const run = onlyRun((await drop(lake, { paths: [generated] })).runs)
  const expected: Record<string, unknown> = {}
  const found: Record<string, unknown> = {}
  const reasons: Reasons = {}
  for (const [name, { rows: rowsIn, kept, duplicate, quarantined, blank, byReason }] of Object.entries(tally)) {
    expected[name] = { rowsIn, kept, duplicate, quarantined, blank, rowsTotal: kept }
    const counts = run.tables[name]
    found[name] = counts && {
      rowsIn: counts.rowsIn,
      kept: counts.kept,
      duplicate: counts.duplicate,
      quarantined: counts.quarantined,
      blank: counts.blank,
      rowsTotal: counts.rowsTotal,
    }
    if (quarantined > 0) reasons[name] = byReason
  }
  expect(Object.keys(tally)).toHaveLength(10)
  expect(found).toEqual(expected)
  expect(await reasonsIn(lake)).toEqual(reasons)
  const planted = new Set(Object.values(tally).flatMap((table) => Object.keys(table.planted)))
  return { lake, tally, run, planted }
}

test.each([2, 3])('counts of generated files with defects are the generator’s own, seed %i', async (seed) => {
  using folder = temporaryFolder()
  const { lake, planted } = await compare(folder.path, { seed, models: false })
  for (const kind of [
    'duplicate',
    'version',
    'blank',
    'padding',
    'required',
    'not_a_number',
    'not_a_timestamp',
    'cell_count',
  ])
    expect(planted, kind).toContain(kind)
  await lake.close()
})

test('what was kept of generated files is what curated holds, seed 1', async () => {
  using folder = temporaryFolder()
  const { lake, tally, run } = await compare(folder.path, { seed: 1, models: true })
  expect(run.status).toBe('published')
  const facts = {
    fact_orders: 'orders',
    fact_order_items: 'order_items',
    fact_payments: 'order_payments',
    fact_reviews: 'order_reviews',
    fact_events: 'olist_clickstream_events',
    dim_customer: 'customers',
    dim_product: 'products',
  }
  for (const [model, table] of Object.entries(facts)) {
    expect(run.models[model], model).toEqual({ status: 'published', rows: tally[table]?.kept })
    expect(await row(lake, `select count(*) from olist_curated.${model}`), model).toEqual([tally[table]?.kept])
  }
  await lake.close()
})
