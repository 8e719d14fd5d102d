import { expect, it } from 'vitest'
import type { ListedObject } from './object-store.ts'
import { s3Error, scriptedS3, xml } from './testing/scripted-s3.ts'

const entry = (key: string) =>
  `<Contents><Key>${key}</Key><Size>3</Size><ETag>&quot;e1&quot;</ETag><LastModified>2024-01-02T03:04:05.678Z</LastModified></Contents>`

const page = (keys: string[], next?: string) =>
  xml(
    `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${keys.map(entry).join('')}${next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}</ListBucketResult>`,
  )

async function all(listing: AsyncIterable<ListedObject>): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for await (const info of listing) found.push(info)
  return found
}

it('goes through all pages', async () => {
  const pages = [page(['raw/a', 'raw/b'], 't1'), page([], 't2'), page(['raw/c'])]
  const { store, seen } = await scriptedS3((_, at) => pages[at] ?? {})
  const listed = await all(store.list('raw/', { after: 'raw/Z' }))
  expect(listed.map(({ key }) => key)).toEqual(['raw/a', 'raw/b', 'raw/c'])
  expect(seen.map(({ query }) => query.get('continuation-token'))).toEqual([null, 't1', 't2'])
  expect(seen[0]?.query.get('start-after')).toBe('raw/Z')
})

it('tells etags without quotes, times in whole seconds and keys decoded', async () => {
  const { store } = await scriptedS3(() => page(['raw/a+b%2Bc%252F%0D%E6%97%A5']))
  const at = Date.UTC(2024, 0, 2, 3, 4, 5)
  expect(await all(store.list('raw/'))).toEqual([
    { key: 'raw/a b+c%2F\r日', size: 3, etag: 'e1', lastModified: at, changedAt: at },
  ])
})

it('leaves out what is no key of a store: folder markers, hidden names', async () => {
  const { store } = await scriptedS3(() => page(['raw/olist/', 'raw/olist/.hidden', 'raw/olist//x', 'raw/olist/x.csv']))
  expect((await all(store.list('raw/'))).map(({ key }) => key)).toEqual(['raw/olist/x.csv'])
})

it('throws when a later page fails, and never ends early', async () => {
  const { store } = await scriptedS3((_, at) => (at === 0 ? page(['raw/a'], 't1') : s3Error(403, 'AccessDenied')))
  await expect(all(store.list('raw/'))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('cannot list s3://lake/raw/'),
  })
})

it('throws when S3 says that there is more and not where', async () => {
  const cut = xml('<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>')
  const { store } = await scriptedS3(() => cut)
  await expect(all(store.list('raw/'))).rejects.toThrow(/breaks off/)
})

const versions = (all: [key: string, version: string, isLatest: boolean][], next = '') =>
  xml(
    `<ListVersionsResult><IsTruncated>${next !== ''}</IsTruncated>${next}${all
      .map(
        ([key, version, isLatest]) =>
          `<Version><Key>${key}</Key><VersionId>${version}</VersionId><IsLatest>${isLatest}</IsLatest><Size>3</Size><ETag>&quot;e1&quot;</ETag><LastModified>2024-01-02T03:04:05.678Z</LastModified></Version>`,
      )
      .join('')}</ListVersionsResult>`,
  )

it('lists replaced versions over pages, the oldest of a key first, but none of deleted keys and of no keys', async () => {
  const next = '<NextKeyMarker>raw/b%2Bc</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>'
  const pages = [
    versions(
      [
        ['raw/a', 'v1', true],
        ['raw/b%2Bc', 'v3', true],
        ['raw/b%2Bc', 'v2', false],
      ],
      next,
    ),
    versions([
      ['raw/b%2Bc', 'v1', false],
      ['raw/deleted', 'v1', false],
      ['raw/x%5Cy', 'v2', true],
      ['raw/x%5Cy', 'v1', false],
    ]),
  ]
  const { store, seen } = await scriptedS3((_, at) => pages[at] ?? {})
  const found: string[] = []
  for await (const { key, version } of store.replaced('raw/')) found.push(`${key} ${version}`)
  expect(found).toEqual(['raw/b+c v1', 'raw/b+c v2'])
  expect(seen[1]?.query.get('key-marker')).toBe('raw/b+c')
  expect(seen[1]?.query.get('version-id-marker')).toBe('v2')
})
