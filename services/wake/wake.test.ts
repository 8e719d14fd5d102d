import { begin } from '@droplake/pipeline/begin'
import { pendingSources } from '@droplake/pipeline/markers'
import { runId } from '@droplake/pipeline/run-id'
import { shops } from '@droplake/pipeline/testing/shops'
import { holderOf, type TestLake, testLake } from '@droplake/pipeline/testing/test-lake'
import { ringFor, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'
import { type WakeInput, wake } from './wake.ts'

const startDate = Date.UTC(2024, 0, 1)
const ended = (executionArn: string, detail: object = {}): WakeInput => ({
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn, status: 'TIMED_OUT', startDate, input: '{}', ...detail },
})
const woken = async (lake: TestLake, input: WakeInput) => {
  const started: object[] = []
  await wake({ ...lake.fx, starter: { start: async (what) => void started.push(what) } }, input)
  return started
}
const goOn = [{ dataset: 'd', reason: 'pass' }]
const lakeOf = () => testLake({ tables: { shops } })
const raw = (lake: TestLake, name = 'shops.csv') => lake.store.put(`raw/d/${name}`, Buffer.from('id\na\n'))

test('the pass starts nothing where nothing waits', async () => {
  expect(await woken(lakeOf(), { reason: 'pass' })).toEqual([])
})

test('the pass starts a run for a bell that nobody answered', async () => {
  const lake = lakeOf()
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: 'id\na\n' })
  expect(await woken(lake, { reason: 'pass' })).toEqual(goOn)
})

test('the pass leaves a run alone that is under way, and starts another when its execution is over', async () => {
  const lake = lakeOf()
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: 'id\na\n' })
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e1') })
  expect(await woken(lake, { reason: 'pass' })).toEqual([])
  lake.dead.add('e1')
  expect(await woken(lake, { reason: 'pass' })).toEqual(goOn)
})

test('the listing rings for a file that no event announced, and tells of one that no table takes', async () => {
  const lake = lakeOf()
  await raw(lake)
  await raw(lake, 'notes.txt')
  expect(await woken(lake, { reason: 'pass' })).toEqual([])
  expect(await woken(lake, { reason: 'listing' })).toEqual(goOn)
  expect((await pendingSources(lake.store, 'd')).map(({ key }) => key)).toEqual(['raw/d/shops.csv'])
  expect(lake.alerts).toMatchObject([{ attributes: { kind: 'unroutable' } }])
  expect(lake.alerts[0]?.text).toContain('raw/d/notes.txt')
})

test('an execution that ended before its run did is told, and somebody goes on', async () => {
  const lake = lakeOf()
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e1') })
  expect(await woken(lake, ended('e1'))).toEqual(goOn)
  expect(lake.alerts).toMatchObject([
    {
      subject: 'droplake: d ran out of time',
      attributes: { kind: 'failed', dataset: 'd', run: 'r1', severity: 'error' },
    },
  ])
})

test('the third run in a row that dies waits for the pass', async () => {
  const lake = lakeOf()
  for (const n of [1, 2, 3]) {
    lake.dead.add(`e${n - 1}`)
    await begin(lake.fx, 'd', { run: `r${n}`, holder: holderOf(`e${n}`) })
    expect(await woken(lake, ended(`e${n}`, { status: 'ABORTED' })), `death ${n}`).toEqual(n < 3 ? goOn : [])
  }
  expect(lake.alerts).toHaveLength(3)
})

test('a run that told of its own failure is not told again', async () => {
  const lake = lakeOf()
  const run = runId({ execution: 'e1', startedAt: new Date(startDate).toISOString() }, 'd')
  await ringFor(lake, { name: 'shops.csv', table: 'shops', bytes: 'id\na\n' })
  await wholeRun(lake, run)
  expect(await woken(lake, ended('e1', { status: 'FAILED', error: 'RunFailed' }))).toEqual([])
  expect(lake.alerts).toEqual([])
})

test('an execution whose Admit failed leaves its file pending, and starts and sends nothing', async () => {
  const lake = lakeOf()
  await raw(lake)
  await raw(lake, 'shops2.csv')
  const event = JSON.stringify({ detail: { bucket: { name: 'b' }, object: { key: 'raw/d/shops.csv' } } })
  const failed = { status: 'FAILED', error: 'ThrottlingException', cause: '{"errorMessage":"no"}' }
  for (const n of [1, 2, 3]) expect(await woken(lake, ended(`e${n}`, { ...failed, input: event }))).toEqual([])
  expect((await pendingSources(lake.store, 'd')).map(({ key }) => key)).toEqual(['raw/d/shops.csv'])
  expect(await woken(lake, ended('e4', { ...failed, input: '{"dataset":"d","reason":"pass"}' }))).toEqual([])
  expect(lake.alerts).toEqual([])
  expect(await woken(lake, { reason: 'pass' })).toEqual(goOn)
})

test('an execution that is recovered again is reported once', async () => {
  const lake = lakeOf()
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e1') })
  for (const _ of [1, 2, 3]) expect(await woken(lake, ended('e1'))).toEqual(goOn)
  expect(lake.alerts).toHaveLength(1)
})

test('an alert that cannot be sent keeps no run from going on, and is sent when the recovery is tried again', async () => {
  const lake = lakeOf()
  await begin(lake.fx, 'd', { run: 'r1', holder: holderOf('e1') })
  const started: object[] = []
  const starter = { start: async (what: object) => void started.push(what) }
  const notifier = { notify: () => Promise.reject(new Error('no topic')) }
  await expect(wake({ ...lake.fx, notifier, starter }, ended('e1'))).rejects.toThrow('no topic')
  expect(started).toEqual(goOn)
  await woken(lake, ended('e1'))
  expect(lake.alerts).toHaveLength(1)
})

test('files that no table takes are reported by the first listing that finds them', async () => {
  const lake = lakeOf()
  await raw(lake, 'notes.txt')
  for (const _ of [1, 2]) await woken(lake, { reason: 'listing' })
  await raw(lake, 'more.txt')
  await woken(lake, { reason: 'listing' })
  expect(lake.alerts.map(({ text }) => text.split('\n')[0])).toEqual([
    'raw/d/notes.txt: no table has its name or its columns; nearest: --dataset d --table shops',
    'raw/d/more.txt: no table has its name or its columns; nearest: --dataset d --table shops',
  ])
})

test('a dataset whose log cannot be read keeps the listing from no other', async () => {
  const lake = lakeOf()
  await raw(lake)
  lake.fx.datasets = { broken: { ...lake.fx.datasets.d!, name: 'broken', rawFolders: ['broken'] }, ...lake.fx.datasets }
  await lake.store.put('ops/log/broken/00000001.json', Buffer.from('{'))
  const started: object[] = []
  const starter = { start: async (what: object) => void started.push(what) }
  await expect(wake({ ...lake.fx, starter }, { reason: 'listing' })).rejects.toThrow()
  expect(started).toEqual(goOn)
})
