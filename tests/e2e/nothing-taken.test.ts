import { drop } from '@droplake/local/drop'
import { quarantineGroups } from '@droplake/local/quarantine'
import { runPending } from '@droplake/local/run'
import { headline, type Report } from '@droplake/pipeline/report'
import { expect, test } from 'vitest'
import { exitCodeOf } from '../../packages/cli/show-drop.ts'
import { showReport } from '../../packages/cli/show-report.ts'
import { problemsAtRest } from '../kill/examine.ts'
import { customers, openShop, orders, publicRows, temporaryFolder } from './shop.ts'

const plain = Object.assign((text: string) => text, {})
const style = new Proxy({}, { get: () => plain }) as Parameters<typeof showReport>[2]
const shown = (report: Report) => showReport(report, { quiet: false, hint: (command) => `droplake ${command}` }, style)
const rejected = (path: string) =>
  orders(path, 'orders-bad.csv', [
    ['o1', 'c1', 'yesterday', '1.00'],
    ['o2', 'c1', 'today', '1.00'],
    ['o3', 'c1', '2026-01-01 10:00:00', '-1'],
  ])

test('a file whose rows are all rejected is set aside with the reason, and its rows stay in quarantine', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  const result = await drop(lake, { paths: [rejected(folder.path)] })
  const [report] = result.runs
  expect(report).toMatchObject({
    status: 'empty',
    tables: {},
    sources: [
      {
        outcome: 'set_aside',
        error: expect.stringMatching(
          /^all 3 rows were rejected: 2 × not_a_timestamp in ordered_at, 1 for other reasons$/,
        ),
      },
    ],
  })
  expect(exitCodeOf(result)).toBe(1)
  expect(shown(report as Report)).toMatch(/^shop {2}set aside after /)
  expect(shown(report as Report)).toContain('quarantine list --run')
  expect((await quarantineGroups(lake, 'shop')).map(({ reason, column, count }) => [reason, column, count])).toEqual([
    ['not_a_timestamp', 'ordered_at', 2],
    [expect.any(String), 'amount', 1],
  ])
  expect(lake.alerts.map(({ attributes }) => attributes.kind)).toEqual(['set_aside'])
  // Nor does a later run publish what never had a row.
  expect((await runPending(lake, 'shop')).map(({ status }) => status)).toEqual(['empty'])
  expect(await publicRows(lake)).toEqual({})
  expect(await problemsAtRest(lake)).toEqual([])
})

test('a run that takes nothing leaves readers what they had, and the next file what it needs', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  await drop(lake, { paths: [customers(folder.path, 'customers.csv', [['c1', 'BR']])] })
  const before = await publicRows(lake)
  const { runs } = await drop(lake, { paths: [rejected(folder.path)] })
  expect(runs.map(({ status }) => status)).toEqual(['empty'])
  expect(await publicRows(lake)).toEqual(before)
  const good = orders(folder.path, 'orders.csv', [['o1', 'c1', '2026-01-01 10:00:00', '1']])
  expect((await drop(lake, { paths: [good] })).runs.map(({ status }) => status)).toEqual(['published'])
  const again = await drop(lake, { paths: [good] })
  expect(again.runs.map(headline)).toEqual(again.runs.map(() => 'nothing new'))
  expect(await problemsAtRest(lake)).toEqual([])
})

test('one good row is enough for a file to be taken', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path, { sqlFolders: [] })
  const file = orders(folder.path, 'orders.csv', [
    ['o1', 'c1', 'yesterday', '1.00'],
    ['o2', 'c1', '2026-01-01 10:00:00', '1'],
  ])
  const { runs } = await drop(lake, { paths: [file] })
  expect(runs[0]).toMatchObject({
    sources: [{ outcome: 'taken' }],
    tables: { orders: { rowsIn: 2, kept: 1, quarantined: 1 } },
  })
})
