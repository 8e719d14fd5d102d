import { text } from '@droplake/contracts/column'
import { testLake } from '@droplake/pipeline/testing/test-lake'
import { ringFor, wholeRun } from '@droplake/pipeline/testing/test-run'
import { expect, test } from 'vitest'
import { notifyRun } from './notify-run.ts'

test('a run tells what its report says; one that was taken over is silent, though it has a report', async () => {
  const t = { description: '', files: 't*.csv', columns: { id: text.required() }, key: ['id'] }
  const lake = testLake({ tables: { t: { ...t, dedupe: 'latest', kind: 'snapshot' } } })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id\na\n' })
  await wholeRun(lake, 'r1')
  const input = { dataset: 'd', run: 'r1' }
  expect(await notifyRun(lake.fx, { ...input, status: 'fenced' })).toEqual({ alerts: 0 })
  expect(lake.alerts).toEqual([])
  expect(await notifyRun(lake.fx, { ...input, status: 'published' })).toEqual({ alerts: 1 })
  expect(lake.alerts).toMatchObject([{ attributes: { kind: 'published', dataset: 'd', run: 'r1' } }])
})

test('a file that no run can read is reported once, though every run tries again', async () => {
  const t = { description: '', files: 't*.csv', columns: { id: text.required() }, key: ['id'] }
  const refused = (key: string) =>
    Object.assign(new Error(`object store: cannot read ${key}: AccessDenied`), { name: 'AccessDenied' })
  const lake = testLake({
    tables: { t: { ...t, dedupe: 'latest', kind: 'snapshot' } },
    wrapStore: (store) => ({
      ...store,
      read: (key, options) => (key.startsWith('raw/') ? Promise.reject(refused(key)) : store.read(key, options)),
    }),
  })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id\na\n' })
  for (const run of ['r1', 'r2', 'r3', 'r4', 'r5']) {
    expect((await wholeRun(lake, run)).sources).toMatchObject([{ outcome: 'deferred' }])
    await notifyRun(lake.fx, { dataset: 'd', run, status: 'empty' })
  }
  const waiting = lake.alerts.filter(({ attributes }) => attributes.kind === 'unreadable')
  expect(waiting).toHaveLength(1)
  expect(waiting[0]?.subject).toBe('droplake: d: 1 file could not be read')
  expect(waiting[0]?.text).toContain('raw/d/t1.csv: object store: cannot read raw/d/t1.csv: AccessDenied')
})
