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
