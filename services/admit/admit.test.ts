import type { ObjectStore } from '@droplake/lake/object-store'
import { shops } from '@droplake/pipeline/testing/shops'
import { testLake } from '@droplake/pipeline/testing/test-lake'
import { expect, test } from 'vitest'
import { admit } from './admit.ts'

/** A store that may not read objects whose name says secret. */
const withRefusal = (store: ObjectStore): ObjectStore => ({
  ...store,
  async head(key, version) {
    const error = Object.assign(new Error('no'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
    if (key.includes('secret')) throw error
    return store.head(key, version)
  },
})

const event = (key: string) => ({
  event: { detail: { bucket: { name: 'b' }, object: { key } } },
  execution: 'e1',
  startedAt: '2024-01-01T00:00:00.000Z',
})

test.each(['raw/d/notes.txt', 'raw/nobody/shops.csv', 'raw/d//shops.csv', 'raw/d/back\\slash/shops.csv'])(
  '%s, which no run could read, is reported and ends there',
  async (key) => {
    const lake = testLake({ tables: { shops } })
    await lake.store.put('raw/d/notes.txt', Buffer.from('hello'))
    expect(await admit(lake.fx, event(key))).toEqual({ outcome: 'unroutable' })
    expect(lake.alerts).toMatchObject([{ attributes: { kind: 'unroutable' } }])
    expect((await lake.state()).seq).toBe(0)
  },
)

test('a file that no table takes is reported once, however often its event comes', async () => {
  const lake = testLake({ tables: { shops } })
  for (const name of ['notes', 'other']) await lake.store.put(`raw/d/${name}.txt`, Buffer.from('hello'))
  for (const _ of [1, 2, 3]) await admit(lake.fx, event('raw/d/notes.txt'))
  await admit(lake.fx, event('raw/d/other.txt'))
  expect(lake.alerts).toHaveLength(2)
})

test('a file that may not be read is reported once, and fails nothing', async () => {
  const lake = testLake({ tables: { shops }, wrapStore: withRefusal })
  for (const _ of [1, 2])
    expect(await admit(lake.fx, event('raw/d/shops-secret.csv'))).toMatchObject({ outcome: 'unreadable' })
  expect(lake.alerts).toMatchObject([{ attributes: { kind: 'unreadable', dataset: 'd' } }])
  expect(lake.alerts[0]?.text).toContain('raw/d/shops-secret.csv')
})

test('no event asks whether the run that holds the dataset lives; the pass does, and takes over from a dead one', async () => {
  const lake = testLake({ tables: { shops } })
  let asked = 0
  const { alive } = lake.fx.executions
  lake.fx.executions.alive = (holder) => {
    asked += 1
    return alive(holder)
  }
  const names = Array.from({ length: 20 }, (_, n) => `shops${n}.csv`)
  for (const name of names) await lake.store.put(`raw/d/${name}`, Buffer.from('id\na\n'))
  await admit(lake.fx, event('raw/d/shops0.csv'))
  lake.dead.add('e1')
  for (const [n, name] of names.entries())
    if (n > 0)
      expect((await admit(lake.fx, { ...event(`raw/d/${name}`), execution: `e${n}x` })).outcome).toBe('coalesced')
  expect(asked).toBe(0)
  const pass = {
    event: { dataset: 'd', reason: 'pass' as const },
    execution: 'p',
    startedAt: '2024-01-01T00:10:00.000Z',
  }
  expect(await admit(lake.fx, pass)).toMatchObject({ outcome: 'begun' })
  expect(asked).toBe(1)
})

test('a folder marker and an object that is gone again end without a word', async () => {
  const lake = testLake({ tables: { shops } })
  expect(await admit(lake.fx, event('raw/d/folder/'))).toEqual({ outcome: 'gone' })
  expect(await admit(lake.fx, event('raw/d/shops.csv'))).toEqual({ outcome: 'gone', dataset: 'd' })
  expect(await admit(lake.fx, event('raw/d/shops.csv/_SUCCESS'))).toEqual({ outcome: 'gone' })
  expect(await admit(lake.fx, event('raw/d/.hidden/shops.csv'))).toEqual({ outcome: 'gone' })
  expect(lake.alerts).toEqual([])
})

test('a file begins a run; another one meanwhile joins it', async () => {
  const lake = testLake({ tables: { shops } })
  for (const name of ['shops1.csv', 'shops2.csv']) await lake.store.put(`raw/d/${name}`, Buffer.from('id\na\n'))
  expect(await admit(lake.fx, event('raw/d/shops1.csv'))).toMatchObject({ outcome: 'begun', dataset: 'd' })
  const second = { ...event('raw/d/shops2.csv'), execution: 'e2' }
  expect(await admit(lake.fx, second)).toMatchObject({ outcome: 'coalesced' })
})
