import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@droplake/lake/notifier'
import type { Value } from '@droplake/lake/query-engine'
import { type Lake, type LakeOptions, openLake } from '@droplake/local/lake'
import type { Report } from '@droplake/pipeline/report'

/** The shop's folder of `contracts` or `sql`. */
export const shopFolder = (name: 'contracts' | 'sql') => join(import.meta.dirname, 'shop', name)

/** A lake that closes when the test is over (`await using`), and what it told. */
export interface OpenLake extends Lake, AsyncDisposable {
  alerts: Alert[]
}

/** A folder that goes when the test is over: `using`. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'droplake-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/** A lake with the shop's contracts and models, in this thread, without settling and without waiting for the disk. */
export async function openShop(path: string, options: Partial<LakeOptions> = {}): Promise<OpenLake> {
  const alerts: Alert[] = []
  const lake = await openLake({
    folder: join(path, 'lake'),
    notifier: { notify: async (alert) => void alerts.push(alert) },
    workers: 0,
    sync: false,
    datasetFolders: [shopFolder('contracts')],
    sqlFolders: [shopFolder('sql')],
    ...options,
    settings: { settleSeconds: 0, ...options.settings },
  })
  return { ...lake, alerts, [Symbol.asyncDispose]: lake.close }
}

/** Writes a CSV file from rows of cells and returns its path. */
export function csv(path: string, name: string, header: string, rows: readonly (readonly unknown[])[]): string {
  const file = join(path, name)
  writeFileSync(file, `${[header, ...rows.map((row) => row.join(','))].join('\n')}\n`)
  return file
}

export const orders = (path: string, name: string, rows: readonly (readonly unknown[])[]) =>
  csv(path, name, 'order_id,customer_id,ordered_at,amount', rows)
export const customers = (path: string, name: string, rows: readonly (readonly unknown[])[]) =>
  csv(path, name, 'customer_id,country', rows)

export async function rows(lake: Lake, sql: string): Promise<Value[][]> {
  return (await lake.fx.engine.run(sql)).rows
}

/** Every row of every public table, in an order of its own. */
export async function publicRows(lake: Lake, dataset = 'shop'): Promise<Record<string, string[]>> {
  const shown = await lake.fx.catalog.show(dataset)
  const tables: Record<string, string[]> = {}
  for (const { database, name } of shown?.views ?? [])
    tables[name] = (await rows(lake, `select * from ${database}.${name}`)).map((row) => JSON.stringify(row)).sort()
  return tables
}

/** Every row of a cleaned table without its lineage, in an order of its own. */
export async function cleanedRows(lake: Lake, dataset: string, table: string): Promise<string[]> {
  const columns = Object.keys(lake.fx.datasets[dataset]?.tables[table]?.columns ?? {})
  const found = await rows(lake, `select ${columns.join(', ')} from ${dataset}_cleaned.${table}`)
  return found.map((row) => JSON.stringify(row)).sort()
}

/** Keys of every data file of the zones that readers and the pipeline see. */
export async function dataFiles(lake: Lake): Promise<string[]> {
  const found: string[] = []
  for (const zone of ['cleaned/', 'enriched/', 'curated/'])
    for await (const { key } of lake.fx.store.list(zone)) found.push(key)
  return found
}

/** The only report of a drop or a pass. */
export function onlyRun(runs: readonly Report[]): Report {
  const [run] = runs
  if (!run || runs.length !== 1) throw new Error(`one run was expected, got ${runs.length}`)
  return run
}
