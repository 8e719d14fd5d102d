import { describe, expect, test } from 'vitest'
import { ofType, one } from './graph.ts'
import { all, full, personal, production } from './graphs.ts'
import { grantsOf, roleByArn } from './iam.ts'

interface LifecycleRule {
  id: string
  status: string
  filter: { prefix: string }
  expiration?: { days?: number; expiredObjectDeleteMarker?: boolean }
  noncurrentVersionExpiration?: { noncurrentDays: number }
  abortIncompleteMultipartUpload?: { daysAfterInitiation: number }
}

describe.each(all.map((graph) => [graph.stage, graph] as const))('stage %s', (_, graph) => {
  const { rules } = one(graph, 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration').inputs
  const lifecycle = rules as LifecycleRule[]

  test('a lifecycle deletes what has an age, never what the log decides about', () => {
    expect(lifecycle.every(({ status }) => status === 'Enabled')).toBe(true)
    const expiring = lifecycle.filter(({ expiration }) => expiration?.days !== undefined)
    expect(expiring.map(({ filter }) => filter.prefix)).toEqual(['athena-results/', 'raw/stream/'])
    for (const zone of ['cleaned/', 'enriched/', 'curated/', 'ops/', 'quarantine/', 'raw/olist/'])
      expect(expiring.filter(({ filter }) => zone.startsWith(filter.prefix))).toEqual([])
  })

  test('unfinished uploads and leftover delete markers go, everywhere', () => {
    const everywhere = lifecycle.filter(({ filter }) => filter.prefix === '')
    expect(everywhere.map(({ abortIncompleteMultipartUpload: abort }) => abort?.daysAfterInitiation)).toContain(3)
    expect(everywhere.map(({ expiration }) => expiration)).toContainEqual({ expiredObjectDeleteMarker: true })
  })

  /** Days that old bytes of a key stay: where several rules hold, S3 takes the shortest time. */
  const noncurrentDays = (key: string) =>
    Math.min(
      ...lifecycle
        .filter(({ filter }) => key.startsWith(filter.prefix))
        .map(({ noncurrentVersionExpiration: old }) => old?.noncurrentDays ?? Number.POSITIVE_INFINITY),
    )

  test('replaced bytes of what was delivered stay for as long as the stage says, derived ones for three days at most', () => {
    for (const key of ['raw/olist/a.csv', 'raw/stream/a.ndjson', 'quarantine/olist/orders/run/0.parquet'])
      expect(noncurrentDays(key), key).toBe(graph === production ? 90 : 30)
    for (const zone of ['cleaned', 'enriched', 'curated', 'ops', 'athena-results']) {
      expect(noncurrentDays(`${zone}/olist/a`), zone).toBeGreaterThanOrEqual(1)
      expect(noncurrentDays(`${zone}/olist/a`), zone).toBeLessThanOrEqual(3)
    }
  })

  test('old bytes go under every prefix that a role may write to', () => {
    const home = `arn:aws:s3:::${graph.outputs.bucket}/`
    const written = ofType(graph, 'aws:iam/role:Role')
      .flatMap((role) => grantsOf(role))
      .filter(({ actions }) => actions.includes('s3:PutObject'))
      .flatMap(({ resources }) => resources.filter((resource) => resource.startsWith(home)))
    expect(written.length).toBeGreaterThan(10)
    for (const resource of written) expect(noncurrentDays(resource.slice(home.length)), resource).toBeLessThan(4000)
  })

  test('every dataset has its databases, with a place in the bucket, and one crawler that never deletes', () => {
    const { databases, crawlers, databasePrefix, bucket } = graph.outputs
    expect(databasePrefix).toMatch(/^[a-z0-9_]+_$/)
    expect(databases).toEqual(
      ['raw', 'cleaned', 'enriched', 'build', 'curated'].map((zone) => `${databasePrefix}olist_${zone}`),
    )
    for (const { inputs } of ofType(graph, 'aws:glue/catalogDatabase:CatalogDatabase'))
      expect(inputs.locationUri).toMatch(new RegExp(`^s3://${bucket}/[a-z]+/olist/$`))
    const crawler = one(graph, 'aws:glue/crawler:Crawler').inputs
    expect(crawlers).toEqual([`${databasePrefix}olist_raw`])
    expect(crawler).toMatchObject({
      name: `${databasePrefix}olist_raw`,
      databaseName: `${databasePrefix}olist_raw`,
      s3Targets: [{ path: `s3://${bucket}/raw/olist/` }, { path: `s3://${bucket}/raw/olist_clickstream/` }],
      schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
    })
    expect(crawler).not.toHaveProperty('schedule')
  })

  test('the crawler only reads the bucket, and writes the raw database alone', () => {
    const grants = grantsOf(roleByArn(graph, one(graph, 'aws:glue/crawler:Crawler').inputs.role))
    const actions = grants.flatMap(({ actions }) => actions)
    expect(actions.filter((action) => action.startsWith('s3:')).sort()).toEqual([
      's3:GetBucketLocation',
      's3:GetObject',
      's3:ListBucket',
    ])
    expect(actions.filter((action) => /Delete/.test(action))).toEqual([])
    const tables = grants.flatMap(({ resources }) => resources).filter((resource) => resource.includes(':table/'))
    expect(tables).toEqual([`arn:aws:glue:eu-central-1:123456789012:table/${graph.outputs.databasePrefix}olist_raw/*`])
  })
})

describe('protection', () => {
  const kept = ['aws:s3/bucket:Bucket', 'aws:kms/key:Key']

  test.each([production, full])('a protected stage keeps its data, and cannot be removed', (graph) => {
    expect(graph.app).toMatchObject({ removal: 'retain', protect: true })
    expect(graph.outputs._protect).toBe(true)
    for (const type of kept) expect(one(graph, type), type).toMatchObject({ protect: true, retainOnDelete: true })
    expect(one(graph, 'aws:s3/bucket:Bucket').inputs.forceDestroy).toBe(false)
    for (const database of ofType(graph, 'aws:glue/catalogDatabase:CatalogDatabase'))
      expect(database.retainOnDelete).toBe(true)
    for (const { inputs } of ofType(graph, 'aws:athena/workgroup:Workgroup')) expect(inputs.forceDestroy).toBe(false)
  })

  test('a personal stage goes with all it has', () => {
    expect(personal.app).toMatchObject({ removal: 'remove', protect: false })
    expect(one(personal, 'aws:s3/bucket:Bucket').inputs.forceDestroy).toBe(true)
    expect(personal.resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete)).toEqual([])
  })
})
