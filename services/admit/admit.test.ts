import { shops } from '@droplake/pipeline/testing/shops'
import { testLake } from '@droplake/pipeline/testing/test-lake'
import { expect, test } from 'vitest'
import { admit } from './admit.ts'

const event = (key: string) => ({
  event: { detail: { bucket: { name: 'b' }, object: { key } } },
  execution: 'e1',
  startedAt: '2024-01-01T00:00:00.000Z',
})

test.each(['raw/d/notes.txt', 'raw/nobody/shops.csv', 'raw/d//shops.csv', 'raw/d/.hidden/shops.csv'])(
  '%s, which no run could read, is told and ends there',
  async (key) => {
    const lake = testLake({ tables: { shops } })
    expect(await admit(lake.fx, event(key))).toEqual({ outcome: 'unroutable' })
    expect(lake.alerts).toMatchObject([{ attributes: { kind: 'unroutable' } }])
    expect((await lake.state()).seq).toBe(0)
  },
)

test('a folder marker and an object that is gone again end without a word', async () => {
  const lake = testLake({ tables: { shops } })
  expect(await admit(lake.fx, event('raw/d/folder/'))).toEqual({ outcome: 'gone' })
  expect(await admit(lake.fx, event('raw/d/shops.csv'))).toEqual({ outcome: 'gone', dataset: 'd' })
  expect(lake.alerts).toEqual([])
})

test('a file begins a run; another one meanwhile joins it', async () => {
  const lake = testLake({ tables: { shops } })
  for (const name of ['shops1.csv', 'shops2.csv']) await lake.store.put(`raw/d/${name}`, Buffer.from('id\na\n'))
  expect(await admit(lake.fx, event('raw/d/shops1.csv'))).toMatchObject({ outcome: 'begun', dataset: 'd' })
  const second = { ...event('raw/d/shops2.csv'), execution: 'e2' }
  expect(await admit(lake.fx, second)).toMatchObject({ outcome: 'coalesced' })
})
