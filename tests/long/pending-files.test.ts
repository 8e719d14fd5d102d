import { setTimeout as sleep } from 'node:timers/promises'
import { scriptedS3, xml } from '@droplake/lake/testing/scripted-s3'
import { pendingSources } from '@droplake/pipeline/markers'
import { expect, test } from 'vitest'

const files = 10_000
const page = 1_000
const id = (n: number) => String(n).padStart(32, '0')

/** One page of a listing of that many pending files. */
function listing(from: number) {
  const contents = Array.from({ length: page }, (_, n) => {
    const key = `ops/pending/d/${id(from + n)}.json`
    return `<Contents><Key>${key}</Key><Size>2</Size><ETag>"e"</ETag><LastModified>2024-01-01T00:00:00Z</LastModified></Contents>`
  })
  const next = from + page
  const more =
    next < files ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>` : ''
  return xml(`<ListBucketResult>${contents.join('')}${more}</ListBucketResult>`)
}

test('ten thousand pending files are read from a slow server, over less sockets than the client has', async () => {
  let underWay = 0
  let most = 0
  const { store } = await scriptedS3(async ({ path, query }) => {
    if (query.has('list-type')) return listing(Number(query.get('continuation-token') ?? 0))
    most = Math.max(most, ++underWay)
    await sleep(60)
    underWay -= 1
    return { body: JSON.stringify({ id: path.split('/').at(-1)?.slice(0, 32), attempts: [] }) }
  })
  const pending = await pendingSources(store, 'd')
  expect(new Set(pending.map((source) => source.id)).size).toBe(files)
  expect(most).toBeLessThanOrEqual(40)
})
