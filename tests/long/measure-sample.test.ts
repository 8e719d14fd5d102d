import { measureSample } from '@droplake/cli/cost/measure-sample'
import { costJson, showCost } from '@droplake/cli/cost/show-cost'
import { createStyle } from '@droplake/cli/style'
import { priceMonth } from '@droplake/stage/cost/price'
import { expect, test } from 'vitest'

test('measures generated deliveries, and shows the month that comes of them with how it was come by', async () => {
  const told: string[] = []
  const sample = await measureSample((line) => told.push(line), { before: 100, small: 8, large: 80, parts: 2 })
  const { small, large, many } = sample.samples
  expect([small.files, large.files, many.files]).toEqual([10, 10, 20])
  expect(large.gb).toBeGreaterThan(4 * small.gb)
  for (const { counts } of [small, large, many])
    for (const name of [
      'transitions',
      'lambdaCalls',
      'gbSeconds',
      'writes',
      'reads',
      'queries',
      'scannedBytes',
      'glueRequests',
      'messages',
      'writtenBytes',
    ] as const)
      expect(counts[name], name).toBeGreaterThan(0)
  // A schema that is known is not crawled again.
  expect(small.counts.crawls).toBe(0)
  expect(many.counts.writes).toBeGreaterThan(small.counts.writes)

  const bill = priceMonth(sample, { gb: 1, files: 300, runs: 30, stored: 0 })
  const text = showCost({ bill, sample }, createStyle(false))
  for (const part of [
    'A month of 30 runs that bring 1 GB in 300 files',
    'state transitions',
    'Most of it',
    'computed from the same prices, not measured',
    'a crawler each run',
  ])
    expect(text).toContain(part)
  expect(costJson({ bill, sample })).toMatchObject({ region: 'us-east-1', total: bill.total, month: { runs: 30 } })
  expect(told).toHaveLength(4)
}, 180_000)
