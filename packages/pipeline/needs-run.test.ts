import { modelOf } from '@droplake/models/testing/model'
import { expect, test } from 'vitest'
import { emptyState, type LakeState } from './lake-state.ts'
import { sourceOf } from './markers.ts'
import { needsRun } from './needs-run.ts'
import { datasetWith, holderOf } from './testing/test-lake.ts'

const dataset = datasetWith({
  t: { description: '', files: 't*.csv', columns: {}, key: [], dedupe: 'none', kind: 'snapshot' },
})
const source = sourceOf({ key: 'raw/d/t.csv', size: 1, etag: 'e', version: 'v', lastModified: 1 }, 't')
const model = modelOf('m', ['cleaned.t'])
const at = (location: string) => ({ '': { location, buckets: 1, files: [], rows: 1 } })
const upToDate: LakeState = {
  ...emptyState('d'),
  seq: 4,
  tables: { t: { partitions: at('r1/'), seq: 2 } },
  models: {
    m: { sqlHash: model.sqlHash, inputs: { 'cleaned.t': { '': 'r1/' } }, partitions: {}, table: 'm_1', seq: 3 },
  },
}
const needs = (state: LakeState, now: { pending?: string[]; models?: (typeof model)[] } = {}) =>
  needsRun(state, { dataset, pending: [], models: [model], ...now })

test('a dataset that is up to date needs no run', () => {
  expect(needs(upToDate)).toBe(false)
})

test('a source that the log does not know needs one, a known one whose marker stayed does not', () => {
  expect(needs(upToDate, { pending: [source.id] })).toBe(true)
  const known = { ...source, run: 'r1', outcome: 'taken' as const }
  expect(needs({ ...upToDate, sources: { [source.id]: known } }, { pending: [source.id] })).toBe(false)
})

test('a run that somebody left unfinished needs one', () => {
  const unfinished = { run: 'r2', holder: holderOf('r2'), purpose: 'pipeline' as const, seq: 5, at: 0 }
  expect(needs({ ...upToDate, unfinished })).toBe(true)
})

test('models that are behind their inputs or their SQL need one', () => {
  expect(needs({ ...upToDate, tables: { t: { partitions: at('r2/'), seq: 5 } } })).toBe(true)
  expect(needs(upToDate, { models: [{ ...model, sqlHash: 'other' }] })).toBe(true)
  expect(needs(upToDate, { models: [model, modelOf('n', ['cleaned.t'])] })).toBe(true)
})

test('a dataset that nothing ever came to needs none for its unbuilt models', () => {
  expect(needs(emptyState('d'))).toBe(false)
  expect(needs(emptyState('d'), { pending: [source.id] })).toBe(true)
})

test('models that a rule held are tried again once after a rollback, and not after a sweep', () => {
  const behind = { ...upToDate, tables: { t: { partitions: at('r2/'), seq: 5 } } }
  const ended = (...purposes: ('pipeline' | 'sweep' | 'rollback')[]) =>
    purposes.map((purpose, n) => ({ run: `r${n}`, status: 'held' as const, at: n, purpose }))
  expect(needs({ ...behind, ended: ended('pipeline') })).toBe(false)
  expect(needs({ ...behind, ended: ended('pipeline', 'sweep') })).toBe(false)
  expect(needs({ ...behind, ended: ended('pipeline', 'rollback', 'sweep') })).toBe(true)
  expect(needs({ ...behind, ended: ended('pipeline', 'rollback', 'pipeline') })).toBe(false)
})

test('a model that was rolled back needs none', () => {
  const models = { m: { ...upToDate.models.m!, pin: { at: 0, run: 'r1', sqlHash: model.sqlHash } } }
  const behind = { ...upToDate, models, tables: { t: { partitions: at('r2/'), seq: 5 } } }
  expect(needs(behind)).toBe(false)
  expect(needs(behind, { models: [{ ...model, sqlHash: 'mended' }] })).toBe(true)
})
