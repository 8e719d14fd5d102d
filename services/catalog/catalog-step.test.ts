import { int, text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { crawlKey } from '@droplake/lake/file-catalog'
import type { CrawlRecord } from '@droplake/pipeline/drift'
import { keys } from '@droplake/pipeline/keys'
import { readRecord, replaceRecord } from '@droplake/pipeline/records'
import { type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { planRun, ringFor, runEnrichment, runTables, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'
import { finish } from '../finish/finish.ts'
import { ingest } from '../ingest/ingest.ts'
import { notifyRun } from '../notify/notify-run.ts'
import { catalogStep } from './catalog-step.ts'
import type { Followed } from './follow-log.ts'

const shops: TableSpec = {
  description: 'shops',
  files: 'shops*.csv',
  columns: { id: text.required(), size: int.optional() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}
const followed = async (lake: TestLake, run: string) => {
  await ringFor(lake, { name: `${run}.csv`, table: 'shops', bytes: lines[run] ?? '' })
  const planned = await planRun(lake, run)
  await runTables(lake, run, planned)
  await runEnrichment(lake, run)
  await ingest(lake.fx, { dataset: 'd', run })
  const { crawl } = (await catalogStep(lake.fx, { dataset: 'd', run, action: 'follow' })) as Followed
  return crawl
}
const lines: Record<string, string> = { r1: 'id,size\na,1\n', r2: 'id,size\na,2\n', r3: 'id,size,city\na,3,Rome\n' }
const endOf = async (lake: TestLake, run: string) => {
  await finish(lake.fx, { dataset: 'd', run })
}

test('the crawler is due for columns that no file before had', async () => {
  const lake = testLake({ tables: { shops } })
  expect(await followed(lake, 'r1')).toEqual({ due: true, crawler: 'd_raw', waitSeconds: 0, polls: 0 })
  await endOf(lake, 'r1')
  expect(await followed(lake, 'r2')).toMatchObject({ due: false })
  await endOf(lake, 'r2')
  expect(await followed(lake, 'r3')).toMatchObject({ due: true })
})

test('the crawler is due always or never where the dataset says so', async () => {
  for (const crawl of ['always', 'never'] as const) {
    const lake = testLake({ tables: { shops } })
    if (lake.fx.datasets.d) lake.fx.datasets.d.crawl = crawl
    expect((await followed(lake, 'r1')).due).toBe(crawl === 'always')
    await endOf(lake, 'r1')
    expect((await followed(lake, 'r2')).due).toBe(crawl === 'always')
  }
})

const ready = { crawler: 'd_raw', polls: 2, seen: { state: 'READY', crawler: { LastCrawl: { Status: 'SUCCEEDED' } } } }
const compared = async (lake: TestLake, crawl: object) => {
  await wholeRunOnce(lake)
  await catalogStep(lake.fx, { dataset: 'd', run: 'r1', action: 'compare', crawl: crawl as typeof ready })
  await notifyRun(lake.fx, { dataset: 'd', run: 'r1', status: 'published' })
  return readRecord<CrawlRecord>(lake.store, keys.crawl('r1'))
}
const wholeRunOnce = async (lake: TestLake) => {
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: lines.r1 ?? '' })
  await wholeRun(lake, 'r1')
}
const crawled = (names: string[]) => [
  { name: 'shops_csv', key: 'raw/d/shops.csv', columns: names.map((name) => ({ name, type: 'string' })) },
]

test('a drift is reported with what happened, in names that the contract knows', async () => {
  const lake = testLake({ tables: { shops } })
  await replaceRecord(lake.store, crawlKey('d'), crawled(['id', 'city']))
  const record = await compared(lake, ready)
  expect(record.drifts).toMatchObject([{ table: 'shops', key: 'raw/d/shops.csv', dropped: 1, nulled: ['size'] }])
  const alert = lake.alerts.find(({ attributes }) => attributes.kind === 'drift')
  expect(alert?.text).toBe(
    [
      'raw/d/shops.csv has other columns than the contract of shops, and was loaded all the same: 1 file, 1 record.',
      'Dropped: 1 column that the contract does not know.',
      'Null in these rows: size.',
      'Add the columns to the contract, or ask who sends the file. Files like this one are not reported again.',
    ].join('\n'),
  )
})

test('nothing is told when the files are as the contract says', async () => {
  const lake = testLake({ tables: { shops } })
  await replaceRecord(lake.store, crawlKey('d'), crawled(['size', 'id']))
  expect((await compared(lake, ready)).drifts).toEqual([])
  expect(lake.alerts.map(({ attributes }) => attributes.kind)).not.toContain('drift')
})

test.each([
  [
    'that failed',
    { ...ready, seen: { state: 'READY', crawler: { LastCrawl: { Status: 'FAILED', ErrorMessage: 'no access' } } } },
    /FAILED: no access/,
  ],
  [
    'that would not start',
    { crawler: 'd_raw', error: { Error: 'Glue.EntityNotFoundException', Cause: 'gone' } },
    /EntityNotFoundException: gone/,
  ],
  ['that takes too long', { ...ready, seen: { state: 'RUNNING' } }, /still RUNNING/],
])('a crawl %s is told, and the run goes on', async (_how, crawl, why) => {
  const lake = testLake({ tables: { shops } })
  const record = await compared(lake, crawl)
  expect(record.error).toMatch(why)
  expect(lake.alerts.find(({ attributes }) => attributes.kind === 'drift')?.text).toMatch(why)
})
