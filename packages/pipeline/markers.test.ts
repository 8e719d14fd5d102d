import { memoryStore } from '@droplake/lake/memory-store'
import { expect, test } from 'vitest'
import { keys } from './keys.ts'
import { pendingSources, recordAttempt, removeMarkers, ring, sourceOf } from './markers.ts'

const info = { key: 'raw/d/a.csv', size: 3, etag: 'e1', version: 'v1', lastModified: 7 }
const attempt = (run: string, own = true) => ({ run, error: `failed in ${run}`, own })

test('a source is the same for the same bytes under the same key, whenever they came', () => {
  const { id } = sourceOf(info, 't')
  expect(sourceOf({ ...info, version: 'v2', lastModified: 9 }, 't').id).toBe(id)
  expect(sourceOf({ ...info, lastModified: 2007 }, 't').id, 'the same bytes uploaded again').not.toBe(id)
  for (const other of [
    sourceOf({ ...info, etag: 'e2' }, 't'),
    sourceOf({ ...info, key: 'raw/d/b.csv' }, 't'),
    sourceOf(info, 'u'),
    sourceOf(info, 't', 'force'),
    sourceOf(info, 't', 'force again'),
  ])
    expect(other.id).not.toBe(id)
  expect(sourceOf(info, 't', 'force').nonce).toBe('force')
})

test('ringing twice is ringing once, and the first bell stays', async () => {
  const store = memoryStore()
  await ring(store, 'd', sourceOf(info, 't'))
  await ring(store, 'd', sourceOf({ ...info, version: 'v2', lastModified: 9 }, 't'))
  expect(await pendingSources(store, 'd')).toEqual([{ ...sourceOf(info, 't'), attempts: [] }])
})

test('a source comes with its own attempts, one a run, as the first of that run was noted', async () => {
  const store = memoryStore()
  const [a, b] = [sourceOf(info, 't'), sourceOf({ ...info, key: 'raw/d/b.csv' }, 't')]
  await ring(store, 'd', a)
  await ring(store, 'd', b)
  await recordAttempt(store, 'd', a.id, attempt('r1'))
  await recordAttempt(store, 'd', a.id, attempt('r2', false))
  await recordAttempt(store, 'd', a.id, attempt('r2', true))
  // An id that begins like the first one's.
  const longer = { ...a, id: `${a.id}0` }
  await ring(store, 'd', longer)
  await recordAttempt(store, 'd', longer.id, attempt('r3'))
  await ring(store, 'other', a)
  const attempts = new Map((await pendingSources(store, 'd')).map((source) => [source.id, source.attempts]))
  expect(attempts.get(a.id)).toEqual([attempt('r1'), attempt('r2', false)])
  expect(attempts.get(longer.id)).toEqual([attempt('r3')])
  expect(attempts.get(b.id)).toEqual([])
})

test('only the named sources’ markers go, with what was noted beside them', async () => {
  const store = memoryStore()
  const [a, b] = [sourceOf(info, 't'), sourceOf({ ...info, key: 'raw/d/b.csv' }, 't')]
  for (const source of [a, b]) {
    await ring(store, 'd', source)
    await recordAttempt(store, 'd', source.id, attempt('r1'))
  }
  // An id that begins like the named one.
  await ring(store, 'd', { ...a, id: `${a.id}0` })
  await removeMarkers(store, 'd', [a.id])
  const left: string[] = []
  for await (const { key } of store.list(keys.pending('d'))) left.push(key)
  expect(left.sort()).toEqual(
    [keys.marker('d', `${a.id}0`), keys.marker('d', b.id), keys.attempt('d', b.id, 'r1')].sort(),
  )
  await removeMarkers(store, 'd', [a.id])
  await removeMarkers(store, 'd', [])
  expect(await pendingSources(store, 'd')).toHaveLength(2)
})
