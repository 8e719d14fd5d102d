import { memoryStore } from '@droplake/lake/memory-store'
import { expect, test } from 'vitest'
import { createRecord, findIntact, findRecord, once, readRecord } from './records.ts'

test('of twenty attempts at once each makes something, and all go on with what the first to finish recorded', async () => {
  const store = memoryStore()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      once(store, 'ops/a.json', async () => {
        await new Promise((later) => setTimeout(later, (20 - n) % 5))
        return { made: n }
      }),
    ),
  )
  expect(new Set(answers.map(({ made }) => made)).size).toBe(1)
  expect(await readRecord(store, 'ops/a.json')).toEqual(answers[0])
})

test('a step that has a record does nothing more', async () => {
  const store = memoryStore()
  let calls = 0
  const step = () => once(store, 'ops/a.json', async () => ({ calls: ++calls }))
  expect([await step(), await step()]).toEqual([{ calls: 1 }, { calls: 1 }])
  expect(calls).toBe(1)
})

test('a step that fails leaves no record, and may be tried again', async () => {
  const store = memoryStore()
  const step = (result: () => Promise<string>) => once(store, 'ops/a.json', result)
  await expect(step(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await findRecord(store, 'ops/a.json')).toBeUndefined()
  expect(await step(async () => 'yes')).toBe('yes')
})

test('a record is created once and keeps its first content', async () => {
  const store = memoryStore()
  expect(await createRecord(store, 'ops/a.json', { text: 'ä 1' })).toBe(true)
  expect(await createRecord(store, 'ops/a.json', { text: 'ö 2' })).toBe(false)
  expect(await readRecord(store, 'ops/a.json')).toEqual({ text: 'ä 1' })
})

test('only absence is absence: other errors of the store come through', async () => {
  const store = memoryStore()
  const broken = {
    ...store,
    read: () => Promise.reject(new Error('denied')),
    put: () => Promise.reject(new Error('full')),
  }
  await expect(findRecord(broken, 'ops/a.json')).rejects.toThrow('denied')
  await expect(createRecord(broken, 'ops/a.json', 1)).rejects.toThrow('full')
})

test.each([
  ['empty', ''],
  ['cut', '{"a": 1, "b'],
  ['garbled', '\u0000\u0001\u0002'],
  ['no record', '5'],
])('a record that is %s is an error that names its key, or none where that will do', async (_, text) => {
  const store = memoryStore()
  await store.put('ops/a.json', Buffer.from(text))
  await expect(findRecord(store, 'ops/a.json')).rejects.toMatchObject({ name: 'DamagedObject', key: 'ops/a.json' })
  await expect(readRecord(store, 'ops/a.json')).rejects.toThrow(
    /^lake: ops\/a\.json is (empty|damaged); droplake run goes on without it/,
  )
  expect(await findIntact(store, 'ops/a.json')).toBeUndefined()
})
