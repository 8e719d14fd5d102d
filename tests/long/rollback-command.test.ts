import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { droplake } from '@droplake/cli/testing/spawn'
import { systemClock } from '@droplake/lake/clock'
import { fileStore } from '@droplake/lake/file-store'
import { localAlive, localHolder } from '@droplake/local/holder'
import { begin } from '@droplake/pipeline/begin'
import { append } from '@droplake/pipeline/log'
import { afterAll, beforeAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'droplake-rollback-'))
const lake = join(folder, 'lake')
const env = { DROPLAKE_LAKE: lake }
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const header =
  'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date'
const order = (id: string) => `${id},c-${id},delivered,2018-03-01 10:00:00,,,,2018-03-20 00:00:00`

async function dropped(name: string, ids: readonly string[]): Promise<string> {
  const path = join(folder, name)
  writeFileSync(path, `${[header, ...ids.map(order)].join('\n')}\n`)
  const { stdout } = await droplake(['drop', path, '--json', '--workers', '0'], { env })
  return (JSON.parse(stdout) as { runs: [{ runId: string }] }).runs[0].runId
}

const json = async <T>(...args: string[]): Promise<{ code: number | null; value: T }> => {
  const { code, stdout } = await droplake([...args, '--json'], { env })
  return { code, value: JSON.parse(stdout) as T }
}
const orders = async () => (await json('query', 'select count(*) as n from olist_curated.fact_orders')).value

let first: string
let second: string
beforeAll(async () => {
  first = await dropped('olist_orders_dataset.csv', ['o1'])
  second = await dropped('olist_orders_dataset_2.csv', ['o2', 'o3'])
}, 120_000)

it('ends with 2 and one line on what cannot be done', async () => {
  const cases: [string[], string][] = [
    [
      ['fact_order'],
      'rollback: no model fact_order was ever published; did you mean fact_orders? there are dim_customer',
    ],
    [
      ['fact_orders', '--to', 'x'],
      'rollback: no run x has published fact_orders; droplake rollback fact_orders --list',
    ],
    [['fact_orders', '--to', second], `fact_orders shows the version of run ${second} already`],
    [['fact_events'], 'rollback: there was never a version of fact_events before that of run'],
    [['fact_orders', '--list', '--release'], 'exclude each other'],
  ]
  const answers = await Promise.all(cases.map(([args]) => droplake(['rollback', ...args], { env })))
  for (const [n, { code, stdout, stderr }] of answers.entries()) {
    expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
    expect(stderr).toContain(cases[n]?.[1])
  }
  expect(await orders()).toEqual([{ n: 3 }])
})

it('ends with 1 while another process runs, and says which run it is', async () => {
  const store = fileStore(lake)
  const fx = { store, clock: systemClock, executions: { alive: localAlive } }
  const began = await begin(fx, 'olist', { run: 'busy', holder: localHolder('busy') })
  if (!began.begun) throw new Error('held')
  const { code, value } = await json('rollback', 'fact_orders')
  await append(fx, began.state, { kind: 'end', run: 'busy', status: 'empty' })
  expect({ code, value }).toEqual({ code: 1, value: { dataset: 'olist', model: 'fact_orders', heldBy: 'busy' } })
})

it('moves a model, says from where to where and how to undo it, and lets go of it again', async () => {
  const moved = await droplake(['rollback', 'curated.fact_orders'], { env })
  const [line = '', ...rest] = moved.stdout.split('\n')
  expect(moved.code).toBe(0)
  const at = String.raw`\(published \d{4}-\d\d-\d\d [\d:]{8}\)`
  expect(line).toMatch(
    new RegExp(String.raw`^olist\.fact_orders  3 rows of run ${second} ${at}  →  1 row of run ${first} ${at}$`),
  )
  expect(rest.join('\n')).toContain(`undo  npx droplake rollback fact_orders --to ${second} --dataset olist`)
  expect(rest.join('\n')).toContain('npx droplake rollback fact_orders --release --dataset olist lets it go')
  expect(await orders()).toEqual([{ n: 1 }])

  const [list, status, run] = await Promise.all([
    json('rollback', 'fact_orders', '--list'),
    droplake(['status'], { env }),
    droplake(['run', '--workers', '0'], { env }),
  ])
  const version = { publishedAt: expect.stringMatching(/Z$/), rows: expect.any(Number) }
  expect(list.value).toEqual({
    dataset: 'olist',
    model: 'fact_orders',
    rolledBack: { at: expect.stringMatching(/Z$/), runId: first },
    versions: [
      { ...version, runId: second, shown: false, withdrawn: true },
      { ...version, runId: first, shown: true, withdrawn: false },
    ],
  })
  expect(status.stdout).toMatch(new RegExp(`rolled back  fact_orders \\d+ s ago, to the version of run ${first}`))
  expect([run.code, run.stdout]).toEqual([
    0,
    expect.stringContaining('held  fact_orders: it was rolled back by hand on'),
  ])

  const released = await json('rollback', 'fact_orders', '--release')
  expect(released).toMatchObject({
    code: 0,
    value: { to: { runId: first }, pinned: false, next: ['fact_orders', 'mart_category_performance'] },
  })
  expect((await json('run', '--workers', '0')).code).toBe(0)
  expect(await orders()).toEqual([{ n: 3 }])
}, 120_000)
