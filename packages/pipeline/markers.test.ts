import { memoryStore } from '@droplake/lake/memory-store'
import { expect, test } from 'vitest'
import { keys } from './keys.ts'
import { pendingSources, recordAttempt, removeMarkers, restingIds, ring, sourceOf } from './markers.ts'
import { runId } from './run-id.ts'

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

test('a source that failed rests for ten minutes, then twice as long with each failure, at most a day', async () => {
  const store = memoryStore()
  const minutes = 60_000
  const at = Date.UTC(2024, 0, 1)
  const runAt = (n: number) => runId({ execution: `e${n}`, startedAt: new Date(at + n * minutes).toISOString() }, 'd')
  const rests = async (n: number) => (await restingIds(store, 'd', at + n * minutes)).has('s1')
  await store.put(keys.marker('d', 's1'), Buffer.from('{}'))
  expect(await rests(0)).toBe(false)
  await recordAttempt(store, 'd', 's1', { run: runAt(0), error: 'no', own: false })
  expect([await rests(9), await rests(11)]).toEqual([true, false])
  await recordAttempt(store, 'd', 's1', { run: runAt(11), error: 'no', own: false })
  expect([await rests(30), await rests(32)]).toEqual([true, false])
  for (let n = 100; n < 120; n++) await recordAttempt(store, 'd', 's1', { run: runAt(n), error: 'no', own: false })
  expect([await rests(119 + 24 * 60 - 1), await rests(119 + 24 * 60 + 1)]).toEqual([true, false])
})
