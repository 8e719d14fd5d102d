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
  expect(unroutable).toEqual([{ name: 'raw/d/notes.txt', reason: 'no table has its name or its columns' }])
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
  await lake.store.put('raw/d/t1.csv', Buffer.from('id\na\n'))
  const info = await lake.store.head('raw/d/t1.csv')
  if (!info) expect.unreachable('it was put')
  await ring(lake.store, 'd', sourceOf(info, 't', 'forced'))
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
  await wholeRun(lake, 'r1')
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
})

test('a file that is replaced after the listing is enqueued as it was and as it is, one that was taken away is not', async () => {
  let listed = async (_key: string) => {}
  const lake = testLake({
    tables: { t: snapshot },
    wrapStore: (store) => ({
      ...store,
      async *list(prefix, options) {
        for await (const info of store.list(prefix, options)) {
          await listed(info.key)
          yield info
        }
      },
    }),
  })
  for (const name of ['t1', 't2']) await lake.store.put(`raw/d/${name}.csv`, Buffer.from('id\na\n'))
  listed = async (key) => {
    if (key === 'raw/d/t1.csv') await lake.store.put(key, Buffer.from('id\nnew\n'))
    if (key === 'raw/d/t2.csv') await lake.store.delete([key])
  }
  const { rung } = await announce(lake.fx, 'd')
  const now = await lake.store.head('raw/d/t1.csv')
  expect(rung).toMatchObject([
    { key: now?.key, bytes: 5 },
    { key: now?.key, version: now?.version, etag: now?.etag, bytes: 7 },
  ])
})

test('a file is known also where a listing tells its time in whole seconds', async () => {
  const lake = testLake({
    tables: { t: snapshot },
    wrapStore: (store) => ({
      ...store,
      async *list(prefix, options) {
        for await (const info of store.list(prefix, options))
          yield { ...info, lastModified: Math.floor(info.lastModified / 1000) * 1000 }
      },
    }),
  })
  lake.time.now += 678
  await ringFor(lake, { name: 't1.csv', table: 't', bytes: 'id\na\n' })
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
  await wholeRun(lake, 'r1')
  expect((await announce(lake.fx, 'd')).rung).toEqual([])
})
