import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import type { Swept } from '@droplake/services/sweep/sweep'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { first, refusal } from '../emulator/fault-proxy.ts'
import { failedAfterwards } from './failed-query.ts'
import { ordersFile } from './orders-file.ts'
import { openStage, type Stage } from './stage.ts'
import { contents, openTwin } from './twin.ts'

// One stage and its twin on the laptop live through all of it, in this order: each test begins where the one before ended.
let stage: Stage
let twin: Awaited<ReturnType<typeof openTwin>>
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'droplake-e2e-'))
  twin = await openTwin(folder)
  stage = await openStage()
})
afterAll(async () => {
  await twin?.close()
  await stage?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Puts the files as a program of the user's would, and gives them to the twin. */
async function put(files: Record<string, Uint8Array>): Promise<void> {
  await Promise.all(Object.entries(files).map(([key, bytes]) => stage.store.put(key, bytes)))
  await twin.take(files)
}

async function expectTwins(): Promise<void> {
  const { databasePrefix, engine } = stage
  const tables = Object.keys(twin.fx.datasets.olist?.tables ?? {})
  const models = (await twin.fx.models('olist')).map(({ name }) => name)
  expect(await contents(engine, { databasePrefix, tables, models })).toEqual(await twin.contents())
}

const lastRun = async () => {
  const { ended } = await stage.state()
  return stage.report(ended.findLast(({ purpose }) => purpose === 'pipeline')?.run ?? '')
}
const count = async (sql: string) =>
  Number((await stage.engine.run(sql.replaceAll('{}', stage.databasePrefix))).rows[0]?.[0])
const orders = () => count('select count(*) from {}olist_curated.fact_orders')

test('files that are put become the tables that the laptop makes of them, row for row', async () => {
  const generated = join(folder, 'generated')
  await generateOlistWithClickstream(generated, { seed: 1, orders: 60, defects: 0.05 })
  const files = readdirSync(generated).map(
    (name) => [`raw/olist/${name}`, readFileSync(join(generated, name))] as const,
  )
  await put(Object.fromEntries(files))
  await stage.quiet()
  expect(await lastRun()).toMatchObject({ status: 'published' })
  await expectTwins()
})

test('the crawler read the raw files, and found what the contracts say', async () => {
  const crawled = await stage.catalog.crawled('olist')
  expect(crawled.map(({ key }) => key)).toContain('raw/olist/olist_orders_dataset.csv')
  expect((await stage.alerts()).filter(({ attributes }) => attributes.kind === 'drift')).toEqual([])
})
