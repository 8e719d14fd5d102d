import { expect, test } from 'vitest'
import {
  advance,
  emptyState,
  type LakeState,
  type LogEntry,
  type PartitionVersion,
  type Purpose,
  rowsOf,
  type TableChange,
} from './lake-state.ts'
import { holderOf } from './testing/test-lake.ts'

const fold = (entries: LogEntry[], from: LakeState = emptyState('d')) =>
  entries.reduce((state, entry) => advance(state, { ...entry, seq: state.seq + 1, at: state.seq * 10 }), from)

const begin = (run: string, purpose: Purpose = 'pipeline'): LogEntry => ({
  kind: 'begin',
  run,
  holder: holderOf(run),
  purpose,
})
const end = (run: string): LogEntry => ({ kind: 'end', run, status: 'published' })
const version = (location: string, rows: number): PartitionVersion => ({ location, buckets: 1, files: [], rows })
const ingest = (run: string, partitions: TableChange['partitions']): LogEntry => ({
  kind: 'ingest',
  run,
  sources: [],
  tables: { t: { partitions } },
  enriched: { t: { partitions } },
  quarantine: [],
})
const publish = (run: string, name: string, table: string): LogEntry => ({
  kind: 'publish',
  run,
  models: { [name]: { sqlHash: 'h', inputs: {}, partitions: {}, table } },
})

test('an ingest replaces the partitions that it names and leaves the others', () => {
  const state = fold([
    begin('r1'),
    ingest('r1', { a: version('a/r1/', 1), b: version('b/r1/', 2) }),
    end('r1'),
    begin('r2'),
    ingest('r2', { b: version('b/r2/', 5), c: version('c/r2/', 3) }),
  ])
  for (const table of [state.tables.t, state.enriched.t]) {
    expect(Object.entries(table?.partitions ?? {}).map(([value, { location }]) => [value, location])).toEqual([
      ['a', 'a/r1/'],
      ['b', 'b/r2/'],
      ['c', 'c/r2/'],
    ])
    expect(rowsOf(table)).toBe(9)
    expect(table?.seq).toBe(5)
  }
  expect(rowsOf(undefined)).toBe(0)
})

test('a partition without rows goes, the only one of an unpartitioned table stays', () => {
  const state = fold([
    begin('r1'),
    ingest('r1', { a: version('a/r1/', 1), '': version('r1/', 1) }),
    ingest('r1', { a: version('a/r2/', 0), '': version('r2/', 0) }),
  ])
  expect(state.tables.t?.partitions).toEqual({ '': version('r2/', 0) })
})

test('a publish moves the models that it names, each with the entry that moved it', () => {
  const state = fold([begin('r1'), publish('r1', 'm', 'm_1'), publish('r1', 'n', 'n_1'), publish('r1', 'm', 'm_2')])
  expect(state.models).toMatchObject({ m: { table: 'm_2', seq: 4 }, n: { table: 'n_1', seq: 3 } })
})

test('a rollback shows an earlier version, withdraws those after it, and ends with the next publish', () => {
  const model = (table: string) => ({ sqlHash: 'h', inputs: {}, partitions: {}, table })
  const name = (seq: number) => ({ run: 'r1', seq, at: 0, rows: 0 })
  const pin = { at: 5, run: 'r1', sqlHash: 'h' }
  const rollback = (from: number, to: number, pinned = true): LogEntry => ({
    ...{ kind: 'rollback', run: 'b1', model: 'm', from: name(from), to: name(to), version: model(`m_${to}`) },
    ...(pinned ? { pin } : {}),
  })
  const three = fold([2, 3, 4].map((seq) => publish('r1', 'm', `m_${seq}`)).toSpliced(0, 0, begin('r1')))
  expect(three.models.m?.history).toEqual({ published: [2, 3, 4], shown: 4, withdrawn: [] })
  const back = fold([begin('b1', 'rollback'), rollback(4, 3)], three)
  expect(back.unfinished).toMatchObject({ run: 'b1', rollback: 6 })
  const history = { published: [2, 3, 4], shown: 3, withdrawn: [4] }
  expect(back.models.m).toEqual({ ...model('m_3'), seq: 6, pin, history })
  const released = fold([rollback(3, 3, false)], back)
  expect(released.models.m).toEqual({ ...model('m_3'), seq: 6, history })
  const next = fold([publish('r2', 'm', 'm_7')], back)
  expect(next.models.m).toEqual({
    ...model('m_7'),
    seq: 7,
    history: { published: [2, 3, 4, 7], shown: 7, withdrawn: [4] },
  })
})

test('the last hundred versions of a model are remembered', () => {
  const { m } = fold(Array.from({ length: 120 }, (_, n) => publish('r1', 'm', `m_${n + 1}`))).models
  expect([m?.history?.published.length, m?.history?.published[0]]).toEqual([100, 21])
})

test('the unfinished run remembers what it committed until it ends', () => {
  const entries = [begin('r1'), ingest('r1', {}), publish('r1', 'm', 'm_1')]
  expect(fold(entries).unfinished).toMatchObject({ run: 'r1', seq: 1, at: 0, ingest: 2, publish: 3 })
  expect(fold([...entries, end('r1'), begin('r2')]).unfinished).toEqual({
    run: 'r2',
    holder: holderOf('r2'),
    purpose: 'pipeline',
    seq: 5,
    at: 40,
  })
})

test('runs that never ended are counted until one ends; sweeps and rollbacks do not count', () => {
  expect(fold([begin('r1'), begin('r2'), begin('r3')]).abandoned).toBe(2)
  expect(fold([begin('r1'), begin('r2'), end('r2'), begin('r3')]).abandoned).toBe(0)
  for (const other of ['sweep', 'rollback'] as const) expect(fold([begin('s1', other), begin('r1')]).abandoned).toBe(0)
  expect(fold([begin('r1'), begin('s1', 'sweep'), end('s1'), begin('r2')]).abandoned).toBe(1)
})

test('the last fifty runs that ended are remembered, oldest first', () => {
  const state = fold(Array.from({ length: 60 }, (_, n) => [begin(`r${n}`), end(`r${n}`)]).flat())
  expect(state.ended).toHaveLength(50)
  expect(state.ended[0]?.run).toBe('r10')
  expect(state.ended.at(-1)).toEqual({ run: 'r59', status: 'published', at: 1190, purpose: 'pipeline' })
})

test('an entry changes no state that somebody still looks at', () => {
  const before = fold([begin('r1'), ingest('r1', { a: version('a/r1/', 1) }), publish('r1', 'm', 'm_1')])
  const kept = structuredClone(before)
  fold([ingest('r1', { a: version('a/r2/', 0) }), publish('r1', 'm', 'm_2'), end('r1'), begin('r2')], before)
  expect(before).toEqual(kept)
})

test('an entry follows the one before it, nothing else', () => {
  const state = fold([begin('r1')])
  for (const seq of [1, 3]) expect(() => advance(state, { ...end('r1'), seq, at: 0 })).toThrow('cannot follow 1')
})
