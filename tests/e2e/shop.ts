import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@droplake/lake/notifier'
import type { Value } from '@droplake/lake/query-engine'
import { type Lake, type LakeOptions, openLake } from '@droplake/local/lake'

const folder = (name: string) => join(import.meta.dirname, 'shop', name)

/** A folder that goes when the test is over: `using`. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'droplake-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/** A lake with the shop's contracts and models, in this thread, without settling and without waiting for the disk. */
export async function openShop(path: string, options: Partial<LakeOptions> = {}): Promise<Lake & { alerts: Alert[] }> {
  const alerts: Alert[] = []
  const lake = await openLake({
    folder: join(path, 'lake'),
    notifier: { notify: async (alert) => void alerts.push(alert) },
    workers: 0,
    sync: false,
    datasetFolders: [folder('contracts')],
    sqlFolders: [folder('sql')],
    ...options,
    settings: { settleSeconds: 0, ...options.settings },
  })
  return { ...lake, alerts }
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
