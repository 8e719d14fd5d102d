import { describe, expect, test } from 'vitest'
import type { Model } from './model.ts'
import { type InputVersion, type PublishedModel, staleModels } from './stale.ts'
import { modelOf } from './testing/model.ts'

const monthly = { partitionColumn: 'month' }
const fact = modelOf('fact', ['cleaned.orders', 'cleaned.items'], monthly)
const dim = modelOf('dim', ['cleaned.items'])
const tables: Record<string, InputVersion> = {
  'cleaned.orders': { partitions: { '2018-01': 'o1', '2018-02': 'o2' }, partitionColumn: 'month' },
  'cleaned.items': { partitions: { '': 'i1' } },
}
const publish = (model: Model, versions = tables): PublishedModel => ({
  sqlHash: model.sqlHash,
  inputs: Object.fromEntries(
    model.inputs.map(({ zone, name }) => [`${zone}.${name}`, versions[`${zone}.${name}`]!.partitions]),
  ),
  partitions: {},
  table: `${model.name}__1`,
})
const ask = (models: Model[], published: Model[], changes: Record<string, InputVersion> = {}) =>
  staleModels({
    models,
    inputVersions: (zone, name) => ({ ...tables, ...changes })[`${zone}.${name}`],
    published: Object.fromEntries(published.map((model) => [model.name, publish(model)])),
  })

test('a model that was never published is stale, one built from the present versions is not', () => {
  expect(ask([fact, dim], [dim])).toEqual([{ name: 'fact', reason: 'never published' }])
  expect(ask([fact, dim], [fact, dim])).toEqual([])
})

test('changed SQL rebuilds the whole model, also an incremental one', () => {
  const before = { ...fact, sqlHash: 'older' }
  expect(ask([fact], [before])).toEqual([{ name: 'fact', reason: 'SQL changed' }])
})

describe('an incremental model', () => {
  const partitions = { '2018-01': 'o1b', '2018-03': 'o3' }
  test('lists the partitions that changed, came or went', () => {
    const changes = { 'cleaned.orders': { partitions, partitionColumn: 'month' } }
    expect(ask([fact, dim], [fact, dim], changes)).toEqual([
      { name: 'fact', reason: 'cleaned.orders changed', partitions: ['2018-01', '2018-02', '2018-03'] },
    ])
  })

  test('is rebuilt as a whole by an input that is not partitioned, or by another column', () => {
    const whole = [{ name: 'fact', reason: 'cleaned.orders, cleaned.items changed' }]
    const orders = { partitions, partitionColumn: 'month' }
    expect(ask([fact], [fact], { 'cleaned.orders': orders, 'cleaned.items': { partitions: { '': 'i2' } } })).toEqual(
      whole,
    )
    const daily = { 'cleaned.orders': { partitions, partitionColumn: 'day' } }
    expect(ask([fact], [fact], daily)).toEqual([{ name: 'fact', reason: 'cleaned.orders changed' }])
  })

  test('unions the partitions of several inputs', () => {
    const both = modelOf('both', ['cleaned.orders', 'cleaned.visits'], monthly)
    const visits = (version: string) => ({ partitions: { '2018-02': version }, partitionColumn: 'month' })
    const stale = staleModels({
      models: [both],
      inputVersions: (_, name) =>
        name === 'visits'
          ? visits('v2')
          : { partitions: { '2018-01': 'new', '2018-02': 'o2' }, partitionColumn: 'month' },
      published: { both: publish(both, { ...tables, 'cleaned.visits': visits('v1') }) },
    })
    expect(stale[0]?.partitions).toEqual(['2018-01', '2018-02'])
  })
})

describe('a model of models', () => {
  const mart = modelOf('mart', ['curated.fact'])
  const monthlyMart = modelOf('monthly_mart', ['curated.fact'], monthly)
  const built: Record<string, InputVersion> = { 'curated.fact': { partitions: { '2018-01': 'a/', '2018-02': 'b/' } } }
  const published = () =>
    Object.fromEntries([fact, mart, monthlyMart].map((model) => [model.name, publish(model, { ...tables, ...built })]))
  const staleAfter = (changes: Record<string, InputVersion>) =>
    staleModels({
      models: [mart, monthlyMart, fact],
      inputVersions: (zone, name) => ({ ...tables, ...built, ...changes })[`${zone}.${name}`],
      published: published(),
    })

  test('follows a stale input model: by its partitions where both have the same, else as a whole', () => {
    const month = { partitions: { '2018-01': 'o1', '2018-02': 'o2b' }, partitionColumn: 'month' }
    expect(staleAfter({ 'cleaned.orders': month })).toEqual([
      { name: 'fact', reason: 'cleaned.orders changed', partitions: ['2018-02'] },
      { name: 'mart', reason: 'curated.fact changed' },
      { name: 'monthly_mart', reason: 'curated.fact changed', partitions: ['2018-02'] },
    ])
    expect(staleAfter({ 'cleaned.items': { partitions: { '': 'i2' } } })).toEqual([
      { name: 'fact', reason: 'cleaned.items changed' },
      { name: 'mart', reason: 'curated.fact changed' },
      { name: 'monthly_mart', reason: 'curated.fact changed' },
    ])
  })

  test('follows an input model that was published at another location, as after a rollback', () => {
    expect(staleAfter({ 'curated.fact': { partitions: { '2018-01': 'a/', '2018-02': 'older/' } } })).toEqual([
      { name: 'mart', reason: 'curated.fact changed' },
      { name: 'monthly_mart', reason: 'curated.fact changed', partitions: ['2018-02'] },
    ])
  })
})

describe('a model that was moved back to an earlier version', () => {
  const changed: Record<string, InputVersion> = {
    'cleaned.items': { partitions: { '': 'i2' } },
    'curated.dim': { partitions: { '': 'old/' } },
  }
  const mart = modelOf('mart', ['curated.dim'])
  const ask = (model: Model, shownHash = dim.sqlHash) =>
    staleModels({
      models: [model, mart],
      inputVersions: (zone, name) => ({ ...tables, ...changed })[`${zone}.${name}`],
      published: {
        dim: { ...publish(dim), sqlHash: shownHash, pin: { sqlHash: dim.sqlHash } },
        mart: publish(mart, { 'curated.dim': { partitions: { '': 'new/' } } }),
      },
    })

  test('is not stale, whatever changed, and what reads it is built from that version', () => {
    expect(ask(dim)).toEqual([{ name: 'mart', reason: 'curated.dim changed' }])
    expect(ask(dim, 'of the earlier version')).toEqual([{ name: 'mart', reason: 'curated.dim changed' }])
  })

  test('is stale once its SQL is another one than it was moved back for', () => {
    expect(ask({ ...dim, sqlHash: 'mended' })).toMatchObject([{ name: 'dim', reason: 'SQL changed' }, { name: 'mart' }])
    expect(ask({ ...dim, sqlHash: 'reverted' }, 'reverted')).toMatchObject([
      { name: 'dim', reason: 'cleaned.items changed' },
      { name: 'mart' },
    ])
  })
})

test('an input without a version is an error, and an empty table where that is allowed', () => {
  const options = { models: [dim], inputVersions: () => undefined, published: { dim: publish(dim) } }
  expect(() => staleModels(options)).toThrow('models: dim reads cleaned.items, which has no version')
  expect(staleModels({ ...options, missingOk: true })).toEqual([{ name: 'dim', reason: 'cleaned.items changed' }])
})
