import { createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { clientSettings } from '@droplake/lake/aws-client'
import { afterEach, describe, expect, test } from 'vitest'
import { clickEvents } from './click-events.ts'
import { generate } from './generate.ts'
import { packLines } from './pack-lines.ts'
import { putRecords } from './put-records.ts'

const scheduledAt = '2026-03-01T12:00:00Z'
const until = Date.parse(scheduledAt) / 1000

async function generated(events: number, at = scheduledAt) {
  const records: Uint8Array[] = []
  const answer = await generate({ put: async (all) => void records.push(...all) }, { events, scheduledAt: at })
  const text = Buffer.concat(records).toString()
  return {
    answer,
    records,
    text,
    rows: text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  }
}

describe('events', () => {
  test('are as many as asked for, one JSON object a line, each with its own id', async () => {
    const { rows, text, answer } = await generated(2000)
    expect(rows).toHaveLength(2000)
    expect(text.endsWith('}\n')).toBe(true)
    expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(2000)
    expect(answer.events).toBe(2000)
    expect(new Set(rows.map(({ event_type }) => event_type))).toContain('purchase')
    for (const row of rows) if (row.event_type === 'purchase') expect(row.order_id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('come out the same for a schedule that fires twice, and others for another time', async () => {
    const [one, two] = [await generated(300), await generated(300)]
    const other = await generated(300, '2026-03-01T12:10:00Z')
    expect(one.text).toBe(two.text)
    const ids = new Set(one.rows.map(({ event_id }) => event_id))
    expect(other.rows.filter(({ event_id }) => ids.has(event_id))).toEqual([])
  })

  test('lie in time order and not after the time of the schedule', () => {
    const times = clickEvents(500, { seed: 7, until }).map(({ event_ts = '' }) => event_ts)
    expect(times).toEqual([...times].sort())
    expect(times.at(-1)! <= '2026-03-01 12:00:00').toBe(true)
  })

  test('of none are no record, and a wrong number or time is refused with its value', async () => {
    expect((await generated(0)).records).toEqual([])
    await expect(generated(-1)).rejects.toThrow('got -1')
    await expect(generated(1, 'soon')).rejects.toThrow('got soon')
  })
})

test('lines share a record up to its size, and a longer one has its own', () => {
  const sizes = packLines(['a'.repeat(9), 'b'.repeat(9), 'c'.repeat(9), 'd'.repeat(40)], 20).map(({ length }) => length)
  expect(sizes).toEqual([20, 10, 41])
})

describe('putting records', () => {
  let server: Http2Server | undefined
  let client: KinesisClient | undefined
  afterEach(() => {
    client?.destroy()
    server?.close()
  })

  /** Kinesis as far as PutRecords goes, over HTTP/2 as its client wants; `refuse` says which records it refuses, by request. */
  async function kinesis(refuse: (request: number, record: string) => boolean) {
    const taken: string[] = []
    let requests = 0
    server = createServer(async (request, response) => {
      const { Records } = (await json(request)) as { Records: { Data: string }[] }
      requests++
      const answers = Records.map(({ Data }) => {
        const record = Buffer.from(Data, 'base64').toString()
        if (refuse(requests, record))
          return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow' }
        taken.push(record)
        return { SequenceNumber: '1', ShardId: 'shardId-000000000000' }
      })
      response.setHeader('content-type', 'application/x-amz-json-1.1')
      response.end(JSON.stringify({ FailedRecordCount: 0, Records: answers }))
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    client = new KinesisClient({
      ...clientSettings,
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    return { client, taken, requests: () => requests }
  }

  test('sends again what was refused and nothing else', async () => {
    const { client, taken, requests } = await kinesis((request, record) => request < 3 && record === 'b')
    await putRecords(
      client,
      'events',
      ['a', 'b', 'c'].map((text) => Buffer.from(text)),
    )
    expect(taken.sort()).toEqual(['a', 'b', 'c'])
    expect(requests()).toBe(3)
  })

  test('gives up with what the stream said', async () => {
    const { client } = await kinesis((_, record) => record === 'b')
    const putting = putRecords(
      client,
      'events',
      ['a', 'b'].map((text) => Buffer.from(text)),
    )
    await expect(putting).rejects.toThrow('events refused 1 records, the first with ProvisionedThroughputExceeded')
  })

  test('takes several requests for many records', async () => {
    const { client, taken, requests } = await kinesis(() => false)
    await putRecords(
      client,
      'events',
      Array.from({ length: 150 }, (_, n) => Buffer.from(String(n))),
    )
    expect(taken).toHaveLength(150)
    expect(requests()).toBe(3)
  })
})
