import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { readState } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import { describe, expect, test } from 'vitest'
import { onlyRun, openShop, orders, rows, temporaryFolder } from './shop.ts'

const bellMs = 400

/** The shop's lake as a stage looks from outside: its bucket rings for itself, and its runs end without anybody waiting for them. */
async function openRemote(path: string, { loses = false } = {}) {
  const lake = await openShop(path, {
    wrapStore: (store) => ({
      ...store,
      async writer(key) {
        const writer = await store.writer(key)
        return {
          ...writer,
          async close() {
            const written = await writer.close()
            const object = { key, 'version-id': written.version }
            if (key.startsWith('raw/') && !loses)
              setTimeout(() => lake.start({ detail: { bucket: { name: 'shop' }, object } }), 50)
            return written
          },
        }
      },
    }),
  })
  const place: Place = {
    fx: lake.fx,
    start: (input) => lake.start(input),
    quiet: async () => {},
    close: async () => {},
    remote: { bucket: 'shop', pollMs: 20, bellMs, stateOf: async () => 'Tables' },
  }
  return { lake, place, [Symbol.asyncDispose]: lake.close }
}

const twoOrders = [
  ['a', 'c1', '2024-01-05 10:00:00', '10.00'],
  ['b', 'c2', '2024-02-05 10:00:00', '20.00'],
]
const outcomes = async ({ fx }: Place) =>
  Object.values((await readState(fx.store, 'shop')).sources).map(({ outcome }) => outcome)

describe('a drop on a stage', () => {
  test('waits for the run that the bucket starts, tells its states, and returns its report', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const told: string[] = []
    const { objects, runs } = await drop(remote.place, {
      paths: [orders(folder.path, 'orders.csv', twoOrders)],
      onWait: (run, { state }) => told.push(`${run} ${state}`),
      onLate: () => told.push('late'),
    })
    expect(objects).toMatchObject([{ key: 'raw/shop/orders.csv', table: 'orders', outcome: 'admitted' }])
    expect(onlyRun(runs)).toMatchObject({ status: 'published', tables: { orders: { kept: 2 } } })
    expect(told).toEqual([`${runs[0]?.runId} Tables`])
    expect(await rows(remote.lake, 'select count(*) from shop_curated.fact_orders')).toEqual([[2]])
  })

  test('rings for a file whose event is lost, and says so', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path, { loses: true })
    const late: number[] = []
    const { runs } = await drop(remote.place, {
      paths: [orders(folder.path, 'orders.csv', twoOrders)],
      onLate: (files) => late.push(files),
    })
    expect({ late, kept: onlyRun(runs).tables.orders?.kept }).toEqual({ late: [1], kept: 2 })
  })

  test('takes forced bytes again only where the log knew them, so that new ones never count twice', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const paths = [orders(folder.path, 'orders.csv', twoOrders)]
    const first = await drop(remote.place, { paths, force: true })
    expect(await outcomes(remote.place)).toEqual(['taken'])
    const again = await drop(remote.place, { paths, force: true })
    expect((await outcomes(remote.place)).sort()).toEqual(['duplicate', 'taken', 'taken'])
    expect([first, again].map(({ objects }) => objects[0]?.outcome)).toEqual(['admitted', 'admitted'])
    expect(again.runs.map(({ tables }) => tables.orders?.rowsIn)).toEqual([undefined, 2])
  })

  test('calls a file that the lake has already a duplicate', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const paths = [orders(folder.path, 'orders.csv', twoOrders)]
    await drop(remote.place, { paths })
    expect((await drop(remote.place, { paths })).objects).toMatchObject([{ outcome: 'duplicate' }])
  })

  test('stops waiting when it is told to, and the stage goes on', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const controller = new AbortController()
    const { objects, runs } = await drop(remote.place, {
      paths: [orders(folder.path, 'orders.csv', twoOrders)],
      signal: controller.signal,
      onWait: () => controller.abort(),
    })
    expect({ outcome: objects[0]?.outcome, runs }).toEqual({ outcome: 'admitted', runs: [] })
    await remote.lake.quiet()
    expect(await outcomes(remote.place)).toEqual(['taken'])
  })

  test('puts no further file after it was told to stop', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const controller = new AbortController()
    const paths = ['orders-1.csv', 'orders-2.csv'].map((name) => orders(folder.path, name, twoOrders))
    const { objects } = await drop(remote.place, {
      paths,
      signal: controller.signal,
      onFile: ({ key }) => key.endsWith('2.csv') && controller.abort(),
    })
    expect(objects.map(({ key }) => key)).toEqual(['raw/shop/orders-1.csv'])
  })

  test('does not let --force and --no-wait go together', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const paths = [orders(folder.path, 'orders.csv', twoOrders)]
    await expect(drop(remote.place, { paths, force: true, wait: false })).rejects.toThrow('leave --no-wait out')
  })

  test('returns when its own files are answered for, while another run holds the dataset', async () => {
    using folder = temporaryFolder()
    await using remote = await openRemote(folder.path)
    const { place } = remote
    const { store } = place.fx
    const paths = [orders(folder.path, 'orders.csv', twoOrders)]
    const { runs } = await drop(place, { paths })
    const other = { ...place, fx: { ...place.fx, executions: { ...place.fx.executions, alive: async () => true } } }
    const { begin } = await import('@droplake/pipeline/begin')
    const held = await begin(other.fx, 'shop', {
      run: '29990101T000000000Z-0',
      holder: place.fx.executions.holder('x'),
    })
    expect(held.begun).toBe(true)
    const { settled } = await import('@droplake/local/settled')
    const ids = Object.keys((await readState(store, 'shop')).sources)
    await settled(other, 'shop', ids, { runs: runs.map(({ runId }) => runId) })
    expect((await readState(store, 'shop')).unfinished?.run).toBe('29990101T000000000Z-0')
  })
})

test('a run on a stage takes files that nobody rang for', async () => {
  using folder = temporaryFolder()
  await using remote = await openRemote(folder.path, { loses: true })
  await drop(remote.place, { paths: [orders(folder.path, 'orders.csv', twoOrders)], wait: false })
  expect(onlyRun(await runPending(remote.place, 'shop')).tables.orders?.kept).toBe(2)
})

test('a run on a stage that has nothing to do says so with an empty report', async () => {
  using folder = temporaryFolder()
  await using remote = await openRemote(folder.path)
  await drop(remote.place, { paths: [orders(folder.path, 'orders.csv', twoOrders)] })
  expect(onlyRun(await runPending(remote.place, 'shop')).status).toBe('empty')
})
