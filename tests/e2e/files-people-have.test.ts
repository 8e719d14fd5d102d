import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zip } from '@droplake/columnar/testing-zip'
import { generateOlistWithClickstream } from '@droplake/generator/registry'
import { drop } from '@droplake/local/drop'
import { runPending } from '@droplake/local/run'
import { describe, expect, test } from 'vitest'
import { noModels, openOlist } from './olist.ts'
import { onlyRun, rows, temporaryFolder } from './shop.ts'

/** Rows of every table, in an order that no file has. */
async function tablesOf(lake: Awaited<ReturnType<typeof openOlist>>) {
  const all: Record<string, unknown[]> = {}
  for (const [name, { columns }] of Object.entries(lake.fx.datasets.olist?.tables ?? {})) {
    const names = Object.keys(columns).join(', ')
    all[name] = await rows(lake, `select ${names} from olist_cleaned.${name} order by ${names}`)
  }
  return all
}

describe('an archive of all tables', () => {
  test('goes in at the first try, gives what its files give, and is known when it comes again', async () => {
    using folder = temporaryFolder()
    const { path } = folder
    const generated = join(path, 'generated')
    await generateOlistWithClickstream(generated, { seed: 5, orders: 80, defects: 0.08 })
    const names = readdirSync(generated).filter((name) => !name.includes('clickstream'))
    expect(names).toHaveLength(9)
    const plain = join(path, 'plain')
    mkdirSync(plain)
    for (const name of names) copyFileSync(join(generated, name), join(plain, name))
    const archive = join(path, 'archive.zip')
    writeFileSync(archive, zip(Object.fromEntries(names.map((name) => [name, readFileSync(join(plain, name))]))))

    await using apart = await openOlist(join(path, 'apart'), { sqlFolders: noModels(path) })
    await using together = await openOlist(join(path, 'together'), { sqlFolders: noModels(path) })
    const files = onlyRun((await drop(apart, { paths: [plain] })).runs)
    const first = await drop(together, { paths: [archive] })
    const run = onlyRun(first.runs)
    expect(first.objects.map(({ key, outcome }) => [key, outcome])).toEqual(
      names.map((name) => [`raw/olist/archive.zip/${name}`, 'admitted']),
    )
    expect(run.tables).toEqual(files.tables)
    expect(run.sources.map(({ key, rowsIn, outcome }) => [key, rowsIn, outcome])).toEqual(
      files.sources.map(({ key, rowsIn, outcome }) => [
        key.replace('raw/olist/', 'raw/olist/archive.zip/'),
        rowsIn,
        outcome,
      ]),
    )
    expect(await tablesOf(together)).toEqual(await tablesOf(apart))

    const again = await drop(together, { paths: [archive] })
    expect(again.objects.map(({ outcome }) => outcome)).toEqual(names.map(() => 'duplicate'))
    expect(await runPending(together, 'olist')).toMatchObject([{ status: 'empty', sources: [] }])
  })
})

const payments = (...lines: string[]) =>
  `${['order_id,payment_sequential,payment_type,payment_installments,payment_value', ...lines].join('\n')}\n`

test('loose names, a folder of parts and a header find their table; what no table takes is answered with what would', async () => {
  using folder = temporaryFolder()
  const { path } = folder
  await using lake = await openOlist(path, { sqlFolders: noModels(path) })
  const put = (name: string, content: string | Uint8Array) => {
    mkdirSync(join(path, 'in', name, '..'), { recursive: true })
    writeFileSync(join(path, 'in', name), content)
  }
  const names = [
    'Copy of olist_order_payments_dataset.csv',
    'df_order_payments_clean.csv',
    'olist-order-payments-dataset.csv',
    'olist_order_payments_dataset.txt',
    'order_payments.csv',
    'olist_order_payments_dataset.csv/part-00000-5f2c1d7e-aaaa-4bbb-8ccc-1234567890ab-c000.csv',
    'olist_order_payments_dataset.csv/part-00001-5f2c1d7e-aaaa-4bbb-8ccc-1234567890ab-c000.csv',
    'march.csv',
  ]
  for (const [n, name] of names.entries()) put(name, payments(`o${n},1,boleto,1,2.50`))
  put('olist_order_payments_dataset.csv/_SUCCESS', '')
  put('vendors.csv', 'seller_id,seller_zip_code_prefix,city,seller_state\ns1,01001,rio,RJ\n')
  put('sellers/exports/1.csv', 'a,b\n1,2\n')
  put('pointer.csv', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n')
  const { objects, runs } = await drop(lake, { paths: [join(path, 'in')] })
  const run = onlyRun(runs)
  expect(run.tables.order_payments).toMatchObject({ rowsIn: names.length, kept: names.length })
  expect(run.sources.flatMap(({ key, warnings = [] }) => warnings.map((warning) => [key, warning]))).toEqual([
    ['raw/olist/march.csv', 'taken for order_payments by its header'],
  ])
  expect(objects.filter(({ outcome }) => outcome === 'unroutable')).toMatchObject([
    { key: 'raw/unrouted/pointer.csv', message: 'a Git LFS pointer: run git lfs pull', candidates: [] },
    { key: 'raw/unrouted/1.csv', candidates: [] },
    { key: 'raw/unrouted/vendors.csv', candidates: [{ dataset: 'olist', table: 'sellers' }] },
  ])
  const named = await drop(lake, { paths: [join(path, 'in', 'vendors.csv')], dataset: 'olist', table: 'customers' })
  expect(named.objects).toMatchObject([{ key: 'raw/olist/customers/vendors.csv', table: 'customers' }])
})
