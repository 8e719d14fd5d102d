import { memoryNotifier } from '@droplake/lake/memory-notifier'
import { memoryStore } from '@droplake/lake/memory-store'
import { describe, expect, it } from 'vitest'
import { assumed, gbSecondsOf } from './lambda-time.ts'
import { createMeter } from './measure.ts'

const nothing = async () => ({ bytes: 0, files: 0, folders: 0 })
const clock = { now: () => 0 }

describe('requests to the store', () => {
  it('are counted by what S3 bills them as', async () => {
    const { counts, store: metered } = createMeter(nothing)
    const store = metered(memoryStore({ clock }))
    await store.put('cleaned/a', Buffer.from('abc'))
    await store.copy('cleaned/a', 'cleaned/b')
    await store.head('cleaned/a')
    await store.read('cleaned/a')
    for await (const _ of store.list('cleaned/'));
    await store.delete(['cleaned/b'])
    // Put, copy and list; the copy looks at its source.
    expect([counts.writes, counts.reads]).toEqual([3, 3])
  })

  it('are one for a small file that is written, and one for each part and two more for a large one', async () => {
    const { counts, store: metered } = createMeter(nothing)
    const store = metered(memoryStore({ clock }))
    for (const bytes of [10, 11 * 2 ** 20]) {
      const writer = await store.writer('raw/a')
      await writer.write(new Uint8Array(bytes))
      await writer.close()
    }
    expect(counts.writes).toBe(1 + 2 + 3)
  })

  it('are none where the laptop keeps its catalog, which on a stage is Glue’s', async () => {
    const { counts, store: metered } = createMeter(nothing)
    await metered(memoryStore({ clock })).put('ops/catalog/olist/1.json', Buffer.from('{}'))
    expect(counts.writes).toBe(0)
  })
})

describe('calls, statements and states', () => {
  it('count a call with its memory for its processor time and its waits', async () => {
    const meter = createMeter(nothing)
    const store = meter.store(memoryStore({ clock }))
    await meter.call('plan', async () => {
      await store.put('ops/a', Buffer.from(''))
      await store.read('ops/a')
    })
    const waits = ((2 * assumed.requestMs) / 1_000) * (512 / 1_024)
    expect(meter.counts.lambdaCalls).toBe(1)
    expect(meter.counts.gbSeconds).toBeGreaterThan(waits)
    expect(meter.counts.gbSeconds).toBeLessThan(waits + 1)
  })

  it('give less memory a share of a core', () => {
    const work = { cpuMs: 100, requests: 0, queries: 0 }
    expect(gbSecondsOf({ service: 'clean', ...work })).toBeCloseTo(0.1 * 1.75)
    expect(gbSecondsOf({ service: 'plan', ...work })).toBeCloseTo(0.1 * 3.5 * 0.5)
  })

  it('run one at a time, a failed one too', async () => {
    const meter = createMeter(nothing)
    let running = 0
    const work = async () => {
      expect(++running).toBe(1)
      await new Promise((done) => setTimeout(done, 5))
      running -= 1
      throw new Error('failed')
    }
    await Promise.allSettled([meter.call('plan', work), meter.call('clean', work), meter.query(work)('select 1')])
    expect([meter.counts.lambdaCalls, meter.counts.queries]).toEqual([2, 1])
  })

  it('count what a statement looks at, and Athena’s own requests for it', async () => {
    const meter = createMeter(async (sql) => ({ bytes: sql.length, files: 3, folders: 2 }))
    const engine = meter.engine({ run: async () => ({ columns: [], rows: [] }), close: async () => {} })
    await engine.run('select 1')
    expect(meter.counts).toMatchObject({ queries: 1, scannedBytes: 8, writes: 2 + 2, reads: 6 })
  })

  it('count states entered, retries among them, and messages', async () => {
    const meter = createMeter(nothing)
    for (const type of ['StateEntered', 'StateExited', 'StateRetried', 'MapIterationStarted', 'StateEntered'])
      meter.event({ type, state: 'Start Crawler' })
    await meter
      .notifier(memoryNotifier())
      .notify({ subject: '', text: '', attributes: { kind: 'published', dataset: '', severity: 'info' } })
    expect(meter.counts).toMatchObject({ transitions: 3, crawls: 2, messages: 1 })
  })
})
