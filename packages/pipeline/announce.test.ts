import { text } from '@droplake/contracts/column'
import type { TableSpec } from '@droplake/contracts/table'
import { expect, test } from 'vitest'
import { announce } from './announce.ts'
import { pendingSources, ring, sourceOf } from './markers.ts'
import { testLake } from './testing/test-lake.ts'
import { ringFor, wholeRun } from './testing/test-run.ts'

const snapshot: TableSpec = {
  description: '',
  files: 't*.csv',
  columns: { id: text.required() },
  key: ['id'],
  dedupe: 'latest',
  kind: 'snapshot',
}

test('a file that nobody rang for is rung for once; one that no contract takes is named', async () => {
  const lake = testLake({ tables: { t: snapshot } })
  await lake.store.put('raw/d/t1.csv', Buffer.from('id\na\n'))
  await lake.store.put('raw/d/notes.txt', Buffer.from('hello'))
  await lake.store.put('raw/elsewhere/t1.csv', Buffer.from('id\na\n'))
  const { rung, unroutable } = await announce(lake.fx, 'd')
  expect(rung.map(({ key, table }) => [key, table])).toEqual([['raw/d/t1.csv', 't']])
  expect(unroutable).toEqual(['raw/d/notes.txt'])
  expect((await pendingSources(lake.store, 'd')).map(({ key }) => key)).toEqual(['raw/d/t1.csv'])
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
})

test('a file that the log knows is not rung for again, new bytes under its key are', async () => {
  const lake = testLake({ tables: { t: snapshot } })
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id\na\n' })
  await wholeRun(lake, 'r1')
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
  await lake.store.put('raw/d/t1.csv', Buffer.from('id\nb\n'))
  expect((await announce(lake.fx, 'd')).rung).toHaveLength(1)
})

test('a file that was forced in is known, whatever its nonce', async () => {
  const lake = testLake({ tables: { t: snapshot } })
  const info = await lake.store.put('raw/d/t1.csv', Buffer.from('id\na\n'))
  await ring(lake.store, 'd', sourceOf(info, 't', 'forced'))
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
  await wholeRun(lake, 'r1')
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
})
