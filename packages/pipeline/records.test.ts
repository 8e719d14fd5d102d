import { memoryStore } from '@droplake/lake/memory-store'
import { expect, test } from 'vitest'
import { createRecord, findRecord, once, readRecord } from './records.ts'

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
  const step = () => once(store, 'ops/a.json', async () => ++calls)
  expect([await step(), await step()]).toEqual([1, 1])
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
  expect(await createRecord(store, 'ops/a.json', 'ä 1')).toBe(true)
  expect(await createRecord(store, 'ops/a.json', 'ö 2')).toBe(false)
  expect(await readRecord(store, 'ops/a.json')).toBe('ä 1')
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
