import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { watch } from '@droplake/local/watch'
import { unannounced } from '@droplake/pipeline/announce'
import { append, readState } from '@droplake/pipeline/log'
import { describe, expect, test } from 'vitest'
import { droplake } from './processes.ts'
import { csv, customers, type OpenLake, onlyRun, openShop, orders, rows, temporaryFolder } from './shop.ts'

/** One odd thing stops nothing else, and no wait is silent or without an end. */

const header = 'order_id,customer_id,ordered_at,amount\n'
const order = (id: string) => `${header}${id},c,2024-01-05 10:00:00,1.00\n`
const ids = async (lake: OpenLake) =>
  (await rows(lake, 'select order_id from shop_curated.fact_orders order by order_id')).flat()

/** Good files under raw/, and beside them everything that can be no source. Returns the names that are to be reported. */
function plantOdd(lake: OpenLake): string[] {
  const raw = join(lake.folder, 'raw/shop')
  mkdirSync(join(raw, 'deep'), { recursive: true })
  for (const name of ['orders_1.csv', 'deep/orders_2.csv', 'orders_future.csv'])
    writeFileSync(join(raw, name), order(name))
  const future = new Date(Date.now() + 2 * 3_600_000)
  utimesSync(join(raw, 'orders_future.csv'), future, future)
  writeFileSync(join(raw, 'dir\\orders_3.csv'), order('3'))
  writeFileSync(join(raw, 'orders_\n4.csv'), order('4'))
  writeFileSync(Buffer.from(`${raw}/orders_\xe9.csv`, 'latin1'), order('5'))
  symlinkSync('.', join(raw, 'loop'))
  symlinkSync('none', join(raw, 'orders_dangling.csv'))
  symlinkSync('/etc/hostname', join(raw, 'orders_link.csv'))
  execFileSync('mkfifo', [join(raw, 'orders_pipe.csv')])
  writeFileSync(join(raw, 'notes.txt'), 'nobody takes it')
  writeFileSync(join(raw, '.DS_Store'), 'hidden')
  return [
    'dir\\orders_3.csv',
    'loop',
    'notes.txt',
    'orders_\n4.csv',
    'orders_dangling.csv',
    'orders_link.csv',
    'orders_pipe.csv',
    'orders_\ufffd.csv',
  ].map((name) => `raw/shop/${name}`)
}
const good = ['deep/orders_2.csv', 'orders_1.csv', 'orders_future.csv']

test('what can be no source is left out and reported once; the files beside it are taken', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  const odd = plantOdd(lake)
  const reported: string[] = []
  const onLeftOut = (found: { name: string; reason: string }[]) => reported.push(...found.map(({ name }) => name))
  await runPending(lake, 'shop', { onLeftOut })
  expect(await ids(lake)).toEqual(good)
  expect(reported.sort()).toEqual(odd.sort())
  const told = () =>
    lake.alerts
      .filter(({ attributes }) => attributes.kind === 'unroutable')
      .flatMap(({ text }) => text.match(/^raw\/shop\/[^:]*: .*$/gm) ?? [])
  expect(told()).toHaveLength(odd.length)
  expect(told()).toContain('raw/shop/dir\\orders_3.csv: its name holds a backslash; rename it')
  reported.length = 0
  expect((await runPending(lake, 'shop', { onLeftOut })).flatMap(({ sources }) => sources)).toEqual([])
  expect(reported).toEqual([])
  expect(told()).toHaveLength(odd.length)
})

test('watch takes the files beside what can be no source, and ends when it is told to', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  plantOdd(lake)
  const stop = new AbortController()
  const errors: Error[] = []
  const watching = watch(lake, { signal: stop.signal, onError: (error) => errors.push(error) })
  const answered = async () => Object.keys((await readState(lake.fx.store, 'shop')).sources).length
  for (let waited = 0; (await answered()) < 3 && waited < 600; waited++) await sleep(50)
  mkdirSync(join(lake.folder, 'raw/shop/later'))
  writeFileSync(join(lake.folder, 'raw/shop/later/dir\\orders_6.csv'), order('6'))
  writeFileSync(join(lake.folder, 'raw/shop/later/orders_7.csv'), order('7'))
  for (let waited = 0; (await answered()) < 4 && waited < 600; waited++) await sleep(50)
  stop.abort()
  await watching
  expect(errors).toEqual([])
  expect(await ids(lake)).toEqual(['7', ...good].sort())
})

test('a file that is still being written holds up no other, and is taken when it is whole', async () => {
  using folder = temporaryFolder()
  await using lake = await openShop(folder.path)
  await drop(lake, { paths: [orders(folder.path, 'orders_ready.csv', [])], wait: false })
  const path = join(lake.folder, 'raw/shop/orders_growing.csv')
  writeFileSync(path, header)
  writeFileSync(join(lake.folder, 'raw/shop/orders_1.csv'), order('ready'))
  const write = setInterval(() => appendFileSync(path, `g${statSync(path).size},c,2024-01-05 10:00:00,1.00\n`), 20)
  const seen: Record<string, string[]> = {}
  try {
    await runPending(lake, 'shop', {
      onRest: (rest) => Object.assign(seen, { rest }),
      onGrowing: (growing) => Object.assign(seen, { growing }),
    })
  } finally {
    clearInterval(write)
  }
  expect(seen).toEqual({
    rest: ['raw/shop/orders_1.csv', 'raw/shop/orders_growing.csv'],
    growing: ['raw/shop/orders_growing.csv'],
  })
  expect(await ids(lake)).toEqual(['ready'])
  await runPending(lake, 'shop')
  expect((await ids(lake)).length).toBeGreaterThan(2)
})

describe('a drop', () => {
  test('stores what can be stored, and says of the rest why not', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    const first = orders(folder.path, 'orders_1.csv', [['a', 'c', '2024-01-05 10:00:00', '1']])
    const last = orders(folder.path, 'orders_9.csv', [['b', 'c', '2024-01-05 10:00:00', '1']])
    const hidden = customers(folder.path, '.customers.csv', [['c', 'BR']])
    const { objects, runs, leftOut } = await drop(lake, { paths: [first, hidden, join(folder.path, 'none'), last] })
    expect(objects.map(({ key }) => key)).toEqual(['raw/shop/orders_1.csv', 'raw/shop/orders_9.csv'])
    expect(leftOut?.map(({ path }) => path)).toEqual([hidden, join(folder.path, 'none')])
    expect(onlyRun(runs).tables.orders?.kept).toBe(2)
  })

  test('leaves out a file that changes while it is copied', async () => {
    using folder = temporaryFolder()
    const file = csv(folder.path, 'orders.csv', header.trim(), [['a', 'c', '2024-01-05 10:00:00', '1']])
    await using lake = await openShop(folder.path, {
      wrapStore: (store) => ({
        ...store,
        async writer(key) {
          appendFileSync(file, 'b,c,2024-01-05 10:00:00,1\n')
          return store.writer(key)
        },
      }),
    })
    const { objects, runs, leftOut } = await drop(lake, { paths: [file] })
    expect({ objects, runs }).toEqual({ objects: [], runs: [] })
    expect(leftOut?.[0]?.reason).toContain('it changed while it was copied')
    expect((await unannounced(lake.fx, 'shop')).sources).toEqual([])
  })

  test('that is interrupted stores no further file and starts no run; what it stored is pending', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    const controller = new AbortController()
    const paths = ['1', '2'].map((n) => orders(folder.path, `orders_${n}.csv`, [[n, 'c', '2024-01-05 10:00:00', '1']]))
    const { objects, runs } = await drop(lake, {
      paths,
      signal: controller.signal,
      onFile: ({ key }) => key.endsWith('2.csv') && controller.abort(),
    })
    expect({ keys: objects.map(({ key }) => key), runs }).toEqual({ keys: ['raw/shop/orders_1.csv'], runs: [] })
    await runPending(lake, 'shop')
    expect(await ids(lake)).toEqual(['1'])
  })
})

describe('a run of a process elsewhere', () => {
  const holder = {
    kind: 'local' as const,
    host: 'another-machine',
    boot: 'another boot',
    pid: 4711,
    started: '1',
    execution: 'theirs',
  }
  const hold = async (lake: OpenLake, dataset: string) =>
    append(lake.fx, await readState(lake.fx.store, dataset), { kind: 'begin', run: 'r0', holder, purpose: 'pipeline' })

  test('is waited for by name, until the signal', async () => {
    using folder = temporaryFolder()
    await using lake = await openShop(folder.path)
    await hold(lake, 'shop')
    const controller = new AbortController()
    const told: unknown[] = []
    const paths = [orders(folder.path, 'orders.csv', [['a', 'c', '2024-01-05 10:00:00', '1']])]
    const onWait = (run: string, about: object) => {
      told.push({ run, ...about })
      controller.abort()
    }
    expect((await drop(lake, { paths, signal: controller.signal, onWait })).runs).toEqual([])
    expect(told).toEqual([{ run: 'r0', holder, since: expect.any(Number) }])
    expect(await runPending(lake, 'shop', { signal: controller.signal })).toEqual([])
    expect((await runPending(lake, 'shop', { takeOver: true })).map(({ status }) => status)).toContain('published')
  })

  test('is named by the command with the way out, and one SIGTERM ends the wait', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder()
    const home = join(folder.path, 'lake')
    {
      await using lake = await openShop(folder.path)
      await hold(lake, 'olist')
    }
    const waiting = droplake(home, 'run', '--dataset', 'olist', '--workers=0')
    waiting.process.stderr?.on('data', (text) => {
      if (String(text).includes('take-over')) waiting.process.kill('SIGTERM')
    })
    const { code, stderr } = await waiting.ended
    expect(stderr).toMatch(/process 4711 on another-machine, since \d{4}-.* UTC.*run --take-over/)
    expect(code).toBe(130)
    const status = await droplake(home, 'status').ended
    expect(status.stdout).toContain('by process 4711 on another-machine')
  })
})

test('a new lake is private to its user, and what is in it follows the umask', async () => {
  using folder = temporaryFolder()
  const mask = process.umask(0o022)
  try {
    await using lake = await openShop(folder.path)
    expect(statSync(lake.folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(lake.folder, 'raw')).mode & 0o777).toBe(0o755)
    rmSync(join(lake.folder, 'raw'), { recursive: true })
  } finally {
    process.umask(mask)
  }
})
