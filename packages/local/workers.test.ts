import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from '@droplake/lake/file-store'
import { begin } from '@droplake/pipeline/begin'
import { defaultSettings } from '@droplake/pipeline/effects'
import { keys } from '@droplake/pipeline/keys'
import { createRecord, readRecord } from '@droplake/pipeline/records'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type WorkerPool, workerPool } from './workers.ts'

const home = mkdtempSync(join(tmpdir(), 'droplake-workers-'))
const folder = join(home, 'lake')
const contracts = join(home, 'contracts')
const data = { folder, datasetFolders: [contracts], settings: defaultSettings, sync: false }
const store = fileStore(folder, { sync: false })
const pools: WorkerPool[] = []
const open = (size: number, of = data) => {
  const pool = workerPool(size, of)
  pools.push(pool)
  return pool
}

const spec = (columns: string) =>
  `export default { description: '', files: '*.csv', columns: ${columns}, key: ['id'], dedupe: 'latest', kind: 'snapshot' }\n`
const id = `{ type: { kind: 'text' }, required: true }`

beforeAll(async () => {
  mkdirSync(join(contracts, 'd'), { recursive: true })
  writeFileSync(join(contracts, 'd/dataset.ts'), `export default { description: '', settleSeconds: 0 }\n`)
  writeFileSync(join(contracts, 'd/good.ts'), spec(`{ id: ${id} }`))
  // Its column ends the thread that reads cells of it; loading the contract does not.
  const deadlyKind = `get kind() { if (new Error().stack.includes('/columnar/')) process.exit(7); return 'text' }`
  const deadly = spec(`{ id: { type: { ${deadlyKind} }, required: true } }`)
  writeFileSync(join(contracts, 'd/deadly.ts'), deadly.replace('*.csv', '*.deadly'))
  const put = await store.put('raw/d/good/a.csv', Buffer.from('id\na\n'))
  const source = { ...put, id: 's', table: 'good', bytes: put.size }
  const items = Array.from({ length: 20 }, () => ({ sources: [0] }))
  const tables = { good: { items, large: [] }, deadly: { items, large: [] } }
  const executions = { alive: async () => true }
  const holder = { kind: 'step-functions' as const, execution: 'e' }
  await begin({ store, clock: { now: () => 1 }, executions }, 'd', { run: 'r1', holder })
  await createRecord(store, keys.plan('r1'), {
    run: 'r1',
    dataset: 'd',
    startedAt: 1,
    seq: 1,
    sources: [source],
    tables,
    seen: [],
  })
})
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const task = (table: string, item: number, run = 'r1') => ({ dataset: 'd', run, table, item })

test('more tasks than threads are all done, each answering its own asker', async () => {
  const pool = open(2)
  const answers = await Promise.all(Array.from({ length: 8 }, (_, item) => pool.run('clean', task('good', item))))
  expect(answers).toEqual(Array.from({ length: 8 }, (_, item) => ({ item })))
  expect(await readRecord(store, keys.cleanDone('r1', 'good', 7))).toMatchObject({ sources: [{ rows: 1 }] })
})

test('an error keeps its name and message on its way out of the thread', async () => {
  const pool = open(1)
  await expect(pool.run('clean', task('good', 0, 'no-run'))).rejects.toMatchObject({
    name: 'ObjectNotFound',
    message: expect.stringContaining('ops/runs/no-run/plan.json'),
  })
  await expect(pool.run('accept', { ...task('good', 0, 'no-run'), cleaned: [] })).rejects.toMatchObject({
    name: 'Fenced',
  })
  await expect(pool.run('clean', task('good', 8))).resolves.toEqual({ item: 8 })
})

test('a thread that dies fails its own task only, and the pool goes on with another', async () => {
  const pool = open(2)
  const settled = await Promise.allSettled([
    pool.run('clean', task('good', 9)),
    pool.run('clean', task('deadly', 0)),
    pool.run('clean', task('good', 10)),
    pool.run('clean', task('deadly', 1)),
    pool.run('clean', task('good', 11)),
  ])
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
  expect(settled[1]).toMatchObject({ reason: { message: 'worker: the thread ended with code 7' } })
})

test('threads that cannot start fail their tasks instead of keeping them waiting', async () => {
  const pool = open(1, { ...data, datasetFolders: [join(home, 'no contracts')] })
  for (let n = 0; n < 2; n++) await expect(pool.run('clean', task('good', 0))).rejects.toThrow('ENOENT')
})

test('a pool that has nothing to do keeps no process from ending', { timeout: 20_000 }, () => {
  const script = `
    import { workerPool } from '${new URL('./workers.ts', import.meta.url).href}'
    const pool = workerPool(2, ${JSON.stringify(data)})
    const task = (item) => pool.run('clean', { dataset: 'd', run: 'r1', table: 'good', item })
    console.log(JSON.stringify(await Promise.all([task(12), task(13), task(14)])))
  `
  const file = join(home, 'idle.mjs')
  writeFileSync(file, script)
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [file], {
    timeout: 5_000,
    encoding: 'utf8',
  })
  expect({ stderr, status, signal }).toEqual({ stderr: '', status: 0, signal: null })
  expect(JSON.parse(stdout)).toEqual([{ item: 12 }, { item: 13 }, { item: 14 }])
})
