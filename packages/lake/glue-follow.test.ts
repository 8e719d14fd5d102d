import { describe, expect, test } from 'vitest'
import type { CatalogState } from './catalog.ts'
import { ServiceError } from './testing/json-service.ts'
import type { Intercept, MemoryGlue } from './testing/memory-glue.ts'
import { before, orders, published, shopCatalog, stateOf, version } from './testing/shop-catalog.ts'

const locations = (glue: MemoryGlue) =>
  [...(glue.partitions.get('app_dev_shop_cleaned.orders')?.values() ?? [])].map(
    ({ StorageDescriptor }): string => StorageDescriptor.Location,
  )

describe('a refusal in the body of a batch that Glue calls a success', () => {
  const refused =
    (action: string): Intercept =>
    (called) => {
      const PartitionValues = ['m001']
      const ErrorDetail = { ErrorCode: 'InternalServiceException', ErrorMessage: 'try later' }
      return called === action
        ? { Errors: [{ PartitionValues, PartitionValueList: PartitionValues, ErrorDetail }] }
        : undefined
    }

  test.each([
    ['BatchCreatePartition', 0, 3],
    ['BatchUpdatePartition', 3, 3],
    ['BatchDeletePartition', 3, 1],
  ])('is an error: %s', async (action, from, to) => {
    const { glue, catalog } = await shopCatalog()
    await catalog.follow(stateOf(1, from))
    glue.intercept = refused(action)
    await expect(catalog.follow(stateOf(2, to))).rejects.toThrow(
      /refused 1 of \d partitions of app_dev_shop_cleaned\.orders, first m001: InternalServiceException try later/,
    )
    glue.intercept = () => undefined
    await catalog.follow(stateOf(2, to))
    expect((await catalog.show('shop'))?.tables).toEqual([orders(2, to)])
  })
})

test('partitions that another writer created meanwhile are brought to the state', async () => {
  const { glue, catalog } = await shopCatalog()
  const foreign = { Values: ['m000'], StorageDescriptor: { Location: 's3://lake/elsewhere/' } }
  glue.intercept = before('BatchCreatePartition', 'orders', async () => {
    glue.partitions.get('app_dev_shop_cleaned.orders')?.set('m000', foreign)
  })
  await catalog.follow(stateOf(1))
  expect((await catalog.show('shop'))?.tables).toEqual([orders(1, 2)])
})

test('throttled calls are tried again', async () => {
  const { glue, catalog } = await shopCatalog()
  const throttled = new Set(['GetTables', 'BatchCreatePartition'])
  glue.intercept = (action) => {
    if (throttled.delete(action)) throw new ServiceError('ThrottlingException', 'Rate exceeded')
    return undefined
  }
  await catalog.follow(stateOf(1))
  expect((await catalog.show('shop'))?.tables).toEqual([orders(1, 2)])
  expect(throttled.size).toBe(0)
})

test('who is overtaken looks again, and leaves a view that moved further', async () => {
  const { glue, catalog, another } = await shopCatalog()
  for (const name of ['dim__r1_1', 'dim__r2_1', 'dim__r3_1']) await catalog.register('shop', version(name))
  await catalog.follow(published(1, 'dim__r1_1'))
  glue.intercept = before('UpdateTable', 'dim', () => another().follow(published(3, 'dim__r3_1')))
  await catalog.follow(published(2, 'dim__r2_1'))
  expect((await catalog.show('shop'))?.views).toEqual(published(3, 'dim__r3_1').views)
  expect((await catalog.show('shop'))?.seq).toBe(3)
})

test('a move that is refused as concurrent is made after another look, without an archived version', async () => {
  const { glue, catalog } = await shopCatalog()
  for (const name of ['dim__r1_1', 'dim__r2_1']) await catalog.register('shop', version(name))
  await catalog.follow(published(1, 'dim__r1_1'))
  const refusedOnce = before('UpdateTable', 'dim', async () => {
    throw new ServiceError('ConcurrentModificationException', 'somebody else is at it')
  })
  const moves: unknown[] = []
  glue.intercept = (action, input) => {
    if (action === 'UpdateTable') moves.push([input.TableInput.Name, input.VersionId, input.SkipArchive])
    return refusedOnce(action, input)
  }
  await catalog.follow(published(2, 'dim__r2_1'))
  expect((await catalog.show('shop'))?.views[0]?.target.name).toBe('dim__r2_1')
  expect(moves).toEqual([
    ['followed_entry', '0', true],
    ['dim', '0', true],
    ['dim', '0', true],
  ])
})

test('a view is not moved to a table that is absent', async () => {
  const { catalog } = await shopCatalog()
  await expect(catalog.follow(published(1, 'dim__r1_1'))).rejects.toThrow(
    'app_dev_shop_curated.dim shows app_dev_shop_build.dim__r1_1, which is absent',
  )
})

describe('a caller that no longer holds the dataset', () => {
  test('is stopped before the next batch of partitions', async () => {
    const { glue, catalog } = await shopCatalog()
    let asked = 0
    const still = async () => {
      asked += 1
      // The table, two batches, and the third one.
      if (asked === 4) throw new Error('fenced')
    }
    await expect(catalog.follow(stateOf(1, 250), { still })).rejects.toThrow('fenced')
    expect(locations(glue)).toHaveLength(200)
  })

  test('and does not know is stopped by the entry that another one follows', async () => {
    const { glue, catalog, another } = await shopCatalog()
    await catalog.follow(stateOf(1, 250))
    let batches = 0
    glue.intercept = async (action) => {
      if (action !== 'BatchUpdatePartition') return undefined
      batches += 1
      if (batches === 2) await another().follow(stateOf(3, 250))
    }
    await catalog.follow(stateOf(2, 250))
    expect((await catalog.show('shop'))?.seq).toBe(3)
    // The batch that was on its way arrived, nothing after it; whoever follows next puts it right.
    expect(locations(glue).filter((location) => location.endsWith('/r2/'))).toHaveLength(100)
    await catalog.follow(stateOf(4, 250))
    expect(locations(glue).filter((location) => location.endsWith('/r4/'))).toHaveLength(250)
  })

  test('does not create what a later state has not', async () => {
    const { glue, catalog, another } = await shopCatalog()
    const late: CatalogState = { ...stateOf(2), tables: [orders(2, 1), { ...orders(2, 1), name: 'late' }] }
    glue.intercept = before('CreateTable', 'orders', () => another().follow(stateOf(5)))
    await catalog.follow(late)
    expect((await catalog.show('shop'))?.tables).toEqual([orders(5, 2)])
  })
})

test('what a later state took away meanwhile is no error of an earlier one', async () => {
  const { glue, catalog, another } = await shopCatalog()
  await catalog.follow(stateOf(1))
  glue.intercept = before('GetPartitions', 'orders', () => another().follow({ ...stateOf(3), tables: [] }))
  await catalog.follow(stateOf(2))
  expect(await catalog.show('shop')).toEqual({ dataset: 'shop', seq: 3, tables: [], views: [] })
})

test('what does not differ costs the listings only, an older state one look', async () => {
  const { glue, catalog, another } = await shopCatalog()
  await catalog.register('shop', version('dim__r1_1'))
  await catalog.follow(published(1, 'dim__r1_1'))
  glue.calls.length = 0
  await another().follow(published(1, 'dim__r1_1'))
  const listings = ['GetPartitions', 'GetTable', 'GetTables', 'GetTables', 'GetTables', 'GetTables']
  expect(glue.calls.toSorted()).toEqual(listings)
  glue.calls.length = 0
  await another().follow({ ...published(1, 'dim__r1_1'), seq: 0 })
  expect(glue.calls).toEqual(['GetTable'])
})
