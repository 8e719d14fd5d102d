import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DropResult } from '@droplake/local/drop'
import { entries } from '@droplake/pipeline/log'
import { expect, test } from 'vitest'
import { openOlist, row } from '../e2e/olist.ts'
import { droplake } from '../e2e/processes.ts'
import { csv, rows, temporaryFolder } from '../e2e/shop.ts'

/** Eight files of four tables, two rows each; no key in two of them. */
function eightFiles(path: string): string[] {
  return [0, 1].flatMap((n) => [
    csv(
      path,
      `olist_customers_dataset_${n}.csv`,
      'customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state',
      [
        [`c${n}0`, `p${n}0`, '01037', 'sao paulo', 'SP'],
        [`c${n}1`, `p${n}1`, '20000', 'rio', 'RJ'],
      ],
    ),
    csv(path, `olist_sellers_dataset_${n}.csv`, 'seller_id,seller_zip_code_prefix,seller_city,seller_state', [
      [`s${n}0`, '01037', 'sao paulo', 'SP'],
      [`s${n}1`, '20000', 'rio', 'RJ'],
    ]),
    csv(
      path,
      `olist_order_payments_dataset_${n}.csv`,
      'order_id,payment_sequential,payment_type,payment_installments,payment_value',
      [
        [`o${n}0`, 1, 'boleto', 1, '10.00'],
        [`o${n}1`, 1, 'voucher', 1, '5.50'],
      ],
    ),
    csv(
      path,
      `olist_orders_dataset_${n}.csv`,
      'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date',
      [
        [`o${n}0`, `c${n}0`, 'delivered', '2018-01-02 10:00:00', '', '', '', ''],
        [`o${n}1`, `c${n}1`, 'canceled', '2018-02-02 10:00:00', '', '', '', ''],
      ],
    ),
  ])
}

test('eight processes drop a file each while a ninth watches: each file is taken once and each is told so', {
  timeout: 120_000,
}, async () => {
  using folder = temporaryFolder()
  const { path } = folder
  const home = join(path, 'lake')
  const files = eightFiles(path)
  const watcher = droplake(home, 'watch', '--workers=0', '--quiet')
  for (let waited = 0; !existsSync(join(home, 'raw')) && waited < 200; waited++) await sleep(50)

  const drops = await Promise.all(
    files.map((file) => droplake(home, 'drop', file, '--json', '--workers=0', '--quiet').ended),
  )
  watcher.process.kill('SIGINT')
  const watched = await watcher.ended
  expect(watched.stderr).not.toContain('rror')

  for (const [n, { code, stdout, stderr }] of drops.entries()) {
    expect({ code, stderr }, files[n]).toMatchObject({ code: 0 })
    const { objects, runs } = JSON.parse(stdout) as DropResult
    const name = files[n]?.split('/').at(-1)
    expect(objects.map(({ key, outcome }) => [key.split('/').at(-1), outcome])).toEqual([[name, 'admitted']])
    const told = runs.flatMap(({ sources }) => sources).filter(({ key }) => key.endsWith(`/${name}`))
    expect(told.map(({ outcome, rowsIn }) => ({ outcome, rowsIn }))).toEqual([{ outcome: 'taken', rowsIn: 2 }])
  }

  await using lake = await openOlist(path)
  const taken: string[] = []
  const open = new Set<string>()
  for await (const entry of entries(lake.fx.store, 'olist')) {
    if (entry.kind === 'begin') open.add(entry.run)
    if (entry.kind === 'end') open.delete(entry.run)
    if (entry.kind === 'ingest')
      taken.push(...entry.sources.map(({ key, outcome }) => `${key.split('/').at(-1)} ${outcome}`))
  }
  expect([...open]).toEqual([])
  expect(taken.sort()).toEqual(files.map((file) => `${file.split('/').at(-1)} taken`).sort())
  expect(await rows(lake, 'select order_id, payment_value from olist_curated.fact_orders order by 1')).toEqual([
    ['o00', '10.00'],
    ['o01', '5.50'],
    ['o10', '10.00'],
    ['o11', '5.50'],
  ])
  expect(await row(lake, 'select count(*), sum(orders) from olist_curated.dim_person')).toEqual([4, 4])
  expect(await row(lake, 'select sum(payment_value), count(order_date) from olist_curated.fact_payments')).toEqual([
    '31.00',
    4,
  ])
  expect(await row(lake, 'select count(*) from olist_cleaned.sellers')).toEqual([4])
  expect(readFileSync(join(home, 'ops', 'alerts.ndjson'), 'utf8')).not.toContain('"severity":"error"')
})
